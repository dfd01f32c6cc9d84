import json

import pytest
from sqlmodel import Session, select

from catalog import prices
from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading
from catalog.exchange.plan import Plan
from catalog.prices import Reduction
from catalog.products import Product, Variant, VariantOption
from catalog.units import Unit
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


def article_of(content: str) -> Article:
    (article,) = dialects.read(content.encode()).articles()
    return article


@pytest.mark.parametrize(
    "header",
    [
        "Type,SKU,GTIN,Brands,Name,Regular price,Manufacturer,Unit,Unit base,Unit product,Delivery time,Minimum age,"
        "Is differential taxed?,Safety instructions,Unit price regular,Cart description\n",
        "Typ,Artikelnummer,GTIN,Marken,Name,Regulärer Preis,Hersteller,Einheit,Grundpreiseinheit,Produkteinheit,"
        "Lieferzeit,Mindestalter,Ist differenzbesteuert?,Sicherheitshinweise,Regulärer Grundpreis,"
        "Warenkorbkurzbeschreibung\n",
    ],
    ids=["english", "german"],
)
def test_what_germanized_adds_comes_in(header: str) -> None:
    goods = 'simple,G-1,4006381333931,Marke,Garn,"4,50",Moos &amp; Co,'
    row = goods + 'kg,1,0.05,2-4 Werktage,16,1,Nicht essen.,"90,00",kurz\n'
    reading = dialects.read((header + row).encode())
    (article,) = reading.articles()
    assert (article.facts["maker"], article.facts["delivery_days"]) == ("Moos & Co", (2, 4))
    assert article.facts["warnings"] == "Nicht essen."
    assert article.variants[0].facts["content"] == (50, Unit.WEIGHT)
    assert article.variants[0].facts["gtin"] == "4006381333931"
    assert [len(each.name.split()) for each in reading.unknown] in ([2], [1])  # the text for the cart
    assert {"Differenzbesteuert", "Ab 16 Jahren"} <= {
        remark.reason.split(" (")[0].split(". ")[0] for remark in article.questions
    }


def test_a_variation_has_the_unit_of_its_product() -> None:
    article = article_of(
        "Type,SKU,Name,Parent,Regular price,Unit,Unit product\n"
        "variable,G,Garn,,,g,50\nvariation,G-1,,G,4.5,,\nvariation,G-2,,G,8,,100\n"
    )
    assert [each.facts["content"] for each in article.variants] == [(50, Unit.WEIGHT), (100, Unit.WEIGHT)]


def test_cells_that_are_of_no_use_are_left_out_and_asked_about() -> None:
    article = article_of(
        "Type,SKU,Name,Regular price,Stock,Delivery time,Unit,Unit product,GTIN\n"
        "simple,A,Knopf,1,5,sofort lieferbar,Portion,2,4006381333930\n"
    )
    assert article.refused == []
    assert [remark.column for remark in article.questions] == ["Delivery time", "GTIN", "Unit product"]
    assert article.variants[0].facts == {"price_cents": 100, "stock": "5"}


def test_pictures_are_addresses_even_with_commas_in_them() -> None:
    article = article_of(
        "Type,SKU,Name,Parent,Regular price,Images\n"
        'variable,A,Knopf,,,"https://b.example/a,1.jpg, https://b.example/2.jpg, https://b.example/2.jpg"\n'
        "variation,A-1,,A,1,https://b.example/3.jpg\n"
    )
    assert article.facts["pictures"] == ("https://b.example/a,1.jpg", "https://b.example/2.jpg")
    assert article.variants[0].facts["pictures"] == ("https://b.example/3.jpg",)


def test_a_file_that_went_through_german_excel_is_read(importer: Importer, session: Session) -> None:
    content = (
        "Type;SKU;Name;Stock;Weight (kg);Sale price;Regular price;Low stock amount\r\n"
        "simple;KN-1;Knöpfe;5,0;0,05;1.234,50;1.299,00;2\r\n"
    )
    assert importer.write(content.encode("cp1252")).refused == []
    button = session.exec(select(Variant)).one()
    assert (button.price_cents, button.on_hand, button.weight_g, button.reorder_at) == (129_900, 5, 50, 2)


def test_stock_of_the_parent_is_taken_and_asked_about() -> None:
    article = article_of("Type,SKU,Name,Parent,Stock,Regular price\nvariable,A,Knopf,,7,\nvariation,A-1,,A,parent,1\n")
    assert article.variants[0].facts["stock"] == "7"
    assert [(remark.row, remark.reason.split(".")[0]) for remark in article.questions] == [
        (2, "Den Bestand führt das übergeordnete Produkt")
    ]


def test_what_was_oversold_or_may_be_is_said() -> None:
    article = article_of("Type,SKU,Name,Stock,Backorders allowed?,Regular price\nsimple,A,Knopf,-3,notify,1\n")
    assert article.variants[0].facts["stock"] == "0"
    assert [remark.column for remark in article.questions] == ["Stock", "Backorders allowed?"]


@pytest.mark.parametrize(("written", "is_shown"), [("1", True), ("0", False), ("-1", False), ("2", False)])
def test_only_what_is_published_is_seen(written: str, is_shown: bool) -> None:
    article = article_of(f"Type,SKU,Name,Published,Stock,Regular price\nsimple,A,Knopf,{written},1,1\n")
    assert article.facts["is_published"] is is_shown


def test_untaxed_and_foreign_kinds_of_products_are_asked_about() -> None:
    content = "Type,SKU,Name,Tax status,Stock,Regular price\nsubscription,A,Abo,none,1,1\n"
    reading = dialects.read(content.encode())
    (article,) = reading.articles()
    assert [remark.column for remark in (*reading.questions, *article.questions)] == ["Type", "Tax status"]


def test_signs_written_as_html_become_themselves() -> None:
    article = article_of(
        "Type,SKU,Name,Stock,Regular price,Categories,Attribute 1 name,Attribute 1 value(s)\n"
        'simple,A,Garn &amp; Wolle,1,1,"Garn &amp; Wolle > Socken\\, bunt, Neu",Farbe,"rot &amp; blau"\n'
    )
    assert article.facts["name"] == "Garn & Wolle"
    assert article.facts["categories"] == (("Garn & Wolle", "Socken, bunt"), ("Neu",))
    assert article.facts["Merkmal: Farbe"] == "rot & blau"


def test_columns_that_are_not_taken_are_named() -> None:
    content = "Type,SKU,Name,Regular price,Tags,Meta: _x,Position,Shipping class\nsimple,A,Knopf,1,neu,1,0,Brief\n"
    assert [each.name for each in dialects.read(content.encode()).unknown] == ["Tags", "Shipping class"]


def test_a_sale_price_that_reduces_nothing_is_left_out_and_said() -> None:
    article = article_of("Type,SKU,Name,Stock,Sale price,Regular price\nsimple,A,Knopf,1,1.20,1.20\n")
    assert article.variants[0].facts["sale"] is None
    assert [remark.column for remark in article.questions] == ["Sale price"]
