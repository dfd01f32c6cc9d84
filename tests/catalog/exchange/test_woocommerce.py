import json

import pytest
from sqlmodel import Session, select

from catalog import prices
from catalog.exchange import dialects
from catalog.exchange.articles import Reading
from catalog.exchange.plan import Plan
from catalog.prices import Reduction
from catalog.products import Product, Variant, VariantOption
from tests.catalog.exchange.importing import SHARED, Importer
from tests.conftest import needs
from tests.make import NOW

SAMPLES = ("woo-classic-sample.csv", "woo-importer-unit-fixture.csv")
GERMAN = (
    "\ufeffID,Typ,Artikelnummer,Name,Veröffentlicht,Ist hervorgehoben?,Kurzbeschreibung,Beschreibung,Steuerklasse,"
    "Bestand,Gewicht (kg),Angebotspreis,Regulärer Preis,Kategorien,Übergeordnetes Produkt,"
    "Attribut 1 Name,Attribut 1 Wert(e)\r\n"
    '12,variation,,"Band – 1,2 cm",1,0,,,parent,12.0,0.05,,"4,95",,id:34,Breite,"1\\,2 cm"\r\n'
    '13,variation,BA-2,"Band – 2 cm",1,0,,,parent,,,"4,50","5,95",,id:34,Breite,2 cm\r\n'
    '34,variable,,Band,1,1,"\'-20 % auf alles","<p>Ein <b>schönes</b> Band.\\nWeich.</p>'
    '<ul><li>fest</li></ul><script>x()</script>",reduced-rate,,,,,"Bänder > Satin, Neu",,Breite,"1\\,2 cm, 2 cm"\r\n'
)


def sample(name: str) -> bytes:
    file = SHARED / name
    needs(f"../shared/data/{name}", file.is_file())
    return file.read_bytes()


def expected(name: str) -> dict[str, object]:
    facts: dict[str, object] = json.loads((SHARED / f"{name}.expect.json").read_text(encoding="utf-8"))
    return facts


def rows_in(text: str) -> set[int]:
    spans = [part.strip().split("-") for part in text.split(",")]
    return {row for span in spans for row in range(int(span[0]), int(span[-1]) + 1)}


def variants_of(reading: Reading) -> dict[int, dict[str, object]]:
    return {
        variant.row: {"sku": variant.sku, "name": article.facts["name"], **variant.facts}
        for article in reading.articles()
        for variant in article.variants
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_every_known_fact_of_the_samples_comes_out(name: str) -> None:
    reading, facts = dialects.read(sample(name)), expected(name)
    dialect = facts["dialect"]
    assert isinstance(dialect, dict)
    assert (reading.format, reading.table.encoding) == ("woocommerce", dialect["encoding"])
    assert (reading.table.delimiter, reading.decimal) == (dialect["delimiter"], dialect["decimal_sign"])
    left_out = {remark.row for remark in reading.questions if "lassen" in remark.reason}
    assert len(list(reading.articles())) + len(left_out) == facts["distinct_products"]
    assert len(variants_of(reading)) == facts["sellable_variants"]
    assert [*reading.refused, *(remark for article in reading.articles() for remark in article.refused)] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_spot_checks_of_the_samples_hold(name: str) -> None:
    found, facts = variants_of(dialects.read(sample(name))), expected(name)
    checks = facts["spot_checks"]
    assert isinstance(checks, list)
    for check in checks:
        variant = found[check["row"]]
        sale = variant.get("sale")
        assert variant["price_cents"] == check["price_cents"]
        assert getattr(sale, "price_cents", None) == check["sale_cents"]
        assert variant.get("stock") == (str(check["stock"]) if check["stock"] is not None else None)
        assert check["sku"] in (None, variant["sku"])
        options = ", ".join(value for _, value, _ in variant.get("options", ()))  # type: ignore[attr-defined]
        assert check["name"] in ("", variant["name"], f"{variant['name']} - {options}")


@pytest.mark.parametrize("name", SAMPLES)
def test_what_must_be_asked_is_asked(importer: Importer, name: str) -> None:
    asked = {remark.row for remark in importer.plan(sample(name)).questions}
    questions = expected(name)["must_question"]
    assert isinstance(questions, list)
    for question in questions:
        assert rows_in(question["rows"]) <= asked, question["reason"]


def counts(plan: Plan) -> tuple[int, ...]:
    return (*vars(plan.products).values(), *vars(plan.variants).values())


def test_the_sample_comes_in_and_the_second_time_changes_nothing(importer: Importer, session: Session) -> None:
    content = sample("woo-classic-sample.csv")
    assert counts(importer.write(content)) == (13, 0, 0, 20, 0, 0)
    again = importer.write(content)
    assert counts(again) == (0, 0, 13, 0, 0, 20)
    assert (again.changes, again.changes_nothing) == ([], True)
    beanie = session.exec(select(Variant).where(Variant.sku == "cc-beanie")).one()
    assert (beanie.price_cents, beanie.counts_stock, beanie.on_hand) == (2000, False, 0)
    assert prices.current(session, [beanie.id or 0], NOW)[beanie.id or 0].cents == 1800


def test_german_columns_and_all_traps_come_in(importer: Importer, session: Session) -> None:
    plan = importer.write(GERMAN)
    assert plan.refused == []
    product = session.exec(select(Product)).one()
    assert (product.slug, product.vat_class, product.is_featured) == ("band", "reduced", True)
    assert product.description == "Ein **schönes** Band.\nWeich.\n\n- fest"
    assert product.summary == "-20 % auf alles"
    narrow, wide = session.exec(select(Variant).order_by(Variant.sku)).all()
    assert (narrow.sku, narrow.price_cents, narrow.on_hand, narrow.weight_g) == ("34-1-2-cm", 495, 12, 50)
    assert (wide.sku, wide.price_cents, wide.counts_stock) == ("BA-2", 595, False)
    option = session.exec(select(VariantOption).where(VariantOption.variant_id == narrow.id)).one()
    assert (option.name, option.value) == ("Breite", "1,2 cm")
    assert importer.plan(GERMAN).changes_nothing


def test_an_ended_sale_price_ends_the_reduction(importer: Importer, session: Session) -> None:
    importer.write(GERMAN)
    plan = importer.write(GERMAN.replace('"4,50","5,95"', ',"5,95"'))
    assert [(change.column, change.old) for change in plan.changes] == [
        ("Angebotspreis", "4,50\u00a0€ ab 22.11.2026 11:00")
    ]
    assert session.exec(select(Reduction)).one().ends_at == NOW


def test_a_variation_without_its_parent_is_refused(importer: Importer) -> None:
    plan = importer.plan(GERMAN.replace("id:34", "id:35"))
    assert [(remark.row, remark.column) for remark in plan.refused] == [
        (1, "Übergeordnetes Produkt"),
        (2, "Übergeordnetes Produkt"),
        (3, "Regulärer Preis"),
    ]


def test_a_product_of_the_same_name_is_not_mixed_up(importer: Importer, session: Session) -> None:
    header = "Type,SKU,Name,Regular price\n"
    importer.write(header + "simple,A,Knopf,1\n")
    importer.write(header + "simple,B,Knopf,2\nsimple,C,Knopf,3\n")
    slugs = session.exec(select(Product.slug).order_by(Product.id)).all()  # type: ignore[arg-type]
    assert slugs == ["knopf", "knopf-2", "knopf-c"]


def test_what_is_out_of_stock_is_not_for_sale_without_end(importer: Importer, session: Session) -> None:
    importer.write("Type,SKU,Name,In stock?,Stock,Regular price\nsimple,A,Knopf,0,,1\nsimple,B,Band,1,,2\n")
    found = session.exec(select(Variant.sku, Variant.counts_stock, Variant.on_hand).order_by(Variant.sku)).all()
    assert found == [("A", True, 0), ("B", False, 0)]


def test_a_variation_that_is_switched_off_is_left_out(importer: Importer) -> None:
    plan = importer.plan(GERMAN.replace('BA-2,"Band – 2 cm",1', 'BA-2,"Band – 2 cm",0'))
    assert "abgeschaltet" in " ".join(each.reason for each in plan.questions if each.row == 2)
    assert counts(plan) == (1, 0, 0, 1, 0, 0)
