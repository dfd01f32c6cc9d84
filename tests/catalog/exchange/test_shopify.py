import json
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading, Remark, Sale, VariantRow
from catalog.exchange.dialects.shopify_variants import NOT_COUNTED
from catalog.exchange.wishes import Wishes
from catalog.products import Product, Variant
from catalog.units import Unit
from catalog.vat import VatClass
from tests.catalog.exchange.importing import SHARED, Importer
from tests.conftest import needs

LEGACY = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option1 Linked To,Variant SKU,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Variant Taxable,Variant Barcode,Image Src,Image Position,Variant Image,Gift Card,"
    "Unit Price Total Measure,Unit Price Total Measure Unit,Cost per item,Price / International,"
    "Farbe (product.metafields.custom.farbe),Pflege (product.metafields.custom.pflege),Status\n"
    "garn,Sockengarn,<p>Vier <b>Fäden</b></p>,Spinnerei Moos,Wolle,neu,true,Farbe,Rot,,G-1,100,shopify,5,deny,"
    "4.50,5.95,true,'4006381333931,https://b.example/2.jpg,2,https://b.example/rot.jpg,false,100,g,2.10,9.99,"
    "Rot; Grün,true,active\n"
    "knopf,Knopf,,,,,,Title,Default Title,,,0,shopify,3,deny,1.20,,true,,,,,,,,,,,,draft\n"
    "garn,,,,,,,,Blau,,G-2,100,shopify,-2,continue,4.50,,true,,https://b.example/1.jpg,1,,,100,g,,,,,\n"
    "garn,,,,,,,,,,,,,,,,,,,https://b.example/3.jpg,3,,,,,,,,,\n"
)
TODAY = (
    "Title,URL handle,Description,Vendor,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,"
    "Option1 value,Price,Compare-at price,Charge tax,Unit price total measure,Unit price total measure unit,"
    "Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),"
    "Product image URL,Image position,Variant image URL,Gift card\n"
    "Sockengarn,garn,<p>Vier Fäden</p>,Spinnerei Moos,Wolle,,TRUE,active,G-1,4006381333931,Farbe,Rot,5.95,,FALSE,"
    "0.1,kg,shopify,5,FALSE,100,https://b.example/1.jpg,1,,FALSE\n"
    ",garn,,,,,,,G-2,,,Blau,5.95,4.00,FALSE,0.1,kg,shopify,,TRUE,100,,,,\n"
    "Gutschein,gutschein,,,,,TRUE,active,GS,,Wert,10,10.00,,TRUE,,,,,,0,,,,TRUE\n"
    ",gutschein,,,,,,,GS2,,,20,20.00,,TRUE,,,,,,0,,,,\n"
)


def read(content: str, wishes: Wishes = Wishes()) -> tuple[Reading, list[Article]]:  # noqa: B008
    reading = dialects.read(content.encode(), wishes)
    return reading, list(reading.articles())


def variants(content: str, wishes: Wishes = Wishes()) -> dict[str, VariantRow]:  # noqa: B008
    return {each.sku or each.suggested: each for article in read(content, wishes)[1] for each in article.variants}


def asked(articles: list[Article]) -> list[Remark]:
    return [remark for article in articles for remark in article.questions]


def test_rows_of_a_handle_are_one_article_wherever_they_stand() -> None:
    reading, articles = read(LEGACY)
    assert (reading.format, reading.decimal) == ("shopify", ".")
    assert [(each.key, len(each.variants)) for each in articles] == [("garn", 2), ("knopf", 1)]
    assert articles[0].facts == {
        "name": "Sockengarn",
        "description": "Vier **Fäden**",
        "maker": "Spinnerei Moos",
        "categories": (("Wolle",),),
        "is_published": True,
        "pictures": tuple(f"https://b.example/{n}.jpg" for n in (1, 2, 3)),
        "Merkmal: Farbe": "Rot, Grün",
        "Merkmal: Pflege": "ja",
    }
    assert articles[1].facts == {"name": "Knopf", "is_published": False}


def test_the_price_before_is_the_regular_one() -> None:
    found = variants(LEGACY)
    assert found["G-1"].facts == {
        "price_cents": 595,
        "sale": Sale(450),
        "options": (("Farbe", "Rot", ""),),
        "gtin": "4006381333931",
        "stock": "5",
        "weight_g": 100,
        "content": (100, Unit.WEIGHT),
        "pictures": ("https://b.example/rot.jpg",),
    }
    assert (found["G-2"].facts["price_cents"], found["G-2"].facts["sale"]) == (450, None)
    assert found["knopf"].facts == {"price_cents": 120, "sale": None, "stock": "3"}


def test_a_price_before_that_is_not_higher_is_said() -> None:
    _, articles = read(TODAY)
    assert [remark.row for remark in asked(articles) if "frühere Preis" in remark.reason] == [2]
    assert articles[0].variants[1].facts["sale"] is None


def test_what_was_oversold_is_nothing_and_said() -> None:
    _, articles = read(LEGACY)
    assert articles[0].variants[1].facts["stock"] == "0"
    assert [remark.column for remark in asked(articles)] == ["Variant Inventory Policy", "Variant Inventory Qty"]


def test_the_names_of_today_are_known_as_well() -> None:
    reading, articles = read(TODAY)
    assert reading.format == "shopify"
    assert articles[0].facts["vat_class"] is VatClass.ZERO
    red, blue = articles[0].variants
    assert (red.facts["content"], red.facts["stock"]) == ((100, Unit.WEIGHT), "5")
    assert "stock" not in blue.facts
    assert "nicht angegeben" in " ".join(remark.reason for remark in asked(articles) if remark.row == 2)


def test_vouchers_are_left_out_with_all_their_rows() -> None:
    reading, articles = read(TODAY)
    assert [each.key for each in articles] == ["garn"]
    assert [(remark.row, remark.column) for remark in reading.questions] == [(3, "Gift card")]


def test_a_mixture_of_both_generations_is_read() -> None:
    mixed = "Handle,Title,SKU,Price,Compare-at price,Image Src\na,A,1,2.50,,x.jpg\n"
    assert variants(mixed)["1"].facts == {"price_cents": 250, "sale": None}


def test_stock_that_shopify_does_not_track_is_asked_about() -> None:
    untracked = LEGACY.replace("100,shopify,5", "100,,5")
    _, articles = read(untracked)
    assert [remark.question for remark in asked(articles) if remark.row == 1] == [NOT_COUNTED]
    assert articles[0].variants[0].facts["stock"] == "5"
    _, (yarn, _) = read(untracked, Wishes(agreed=frozenset({NOT_COUNTED})))
    assert "stock" not in yarn.variants[0].facts
    assert [remark for remark in yarn.questions if remark.row == 1] == []


@pytest.mark.parametrize("written", ["-3,deny", "5,continue", "2,TRUE"])
def test_stock_that_cannot_be_true_is_not_taken(written: str) -> None:
    header = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,"
    _, (article,) = read(f"{header}Variant Inventory Policy\na,A,1,2.50,,{written}\n")
    assert "stock" not in article.variants[0].facts
    assert [remark.question for remark in article.questions] == [""]


LONG_METAFIELD = (
    "Handle,Title,Body (HTML),Variant SKU,Variant Price,Pflege & Material (product.metafields.custom.pflege)\n"
    'a,A,<p>Warm</p>,1,2.50,"\'- 100 % Wolle\n- 30 Grad &amp; kalt"\n'
)


def test_long_metafields_go_on_with_the_description() -> None:
    _, (article,) = read(LONG_METAFIELD)
    assert article.facts["description"] == "Warm\n\n### Pflege & Material\n\n\\- 100 % Wolle\\\n\\- 30 Grad & kalt"
    assert not any(key.startswith("Merkmal") for key in article.facts)


def test_references_that_only_shopify_understands_are_left_out() -> None:
    header = "Handle,Title,Variant SKU,Variant Price,Farbe (product.metafields.shopify.color)\n"
    _, (article,) = read(f"{header}a,A,1,2.50,gid://shopify/Metaobject/1\n")
    assert article.facts.keys() == {"name"}


def test_a_file_without_stock_is_asked_about_once() -> None:
    reading, _ = read("Handle,Title,Variant SKU,Variant Price\na,A,1,2.50\nb,B,2,3.50\n")
    assert [(remark.row, remark.column) for remark in reading.questions] == [(1, "Variant Inventory Qty")]


def test_a_row_without_handle_and_title_is_refused() -> None:
    reading, articles = read("Handle,Title,Variant SKU,Variant Price\n,,1,2.50\nb,B,2,3.50\n")
    assert [remark.row for remark in reading.refused] == [1]
    assert [each.key for each in articles] == ["b"]


def test_two_titles_under_one_handle_are_refused(importer: Importer) -> None:
    plan = importer.plan(
        "Handle,Title,Variant SKU,Variant Price,Option1 Name,Option1 Value\na,A,1,2.50,F,x\na,B,2,3,,y\n"
    )
    assert [(remark.row, remark.column) for remark in plan.refused] == [(1, "Title")]
    assert not plan.steps


def test_owners_hear_how_prices_before_are_taken() -> None:
    assert "UVP" in read(LEGACY)[0].notes[0]
    assert read(LEGACY.replace("5.95", ""))[0].notes == []


def test_columns_that_are_not_taken_are_named() -> None:
    reading, _ = read(LEGACY)
    assert [each.name for each in reading.unknown] == ["Tags"]


@pytest.mark.parametrize("content", [LEGACY, TODAY, LONG_METAFIELD], ids=["legacy", "today", "long metafield"])
def test_a_second_import_changes_nothing(importer: Importer, session: Session, content: str) -> None:
    importer.write(content)
    count = len(session.exec(select(Variant)).all())
    again = importer.plan(content)
    assert (again.refused, again.changes, list(again.steps)) == ([], [], [])
    assert len(session.exec(select(Variant)).all()) == count > 0


def test_a_changed_handle_of_known_numbers_changes_its_product(importer: Importer, session: Session) -> None:
    importer.write(LEGACY)
    importer.write(LEGACY.replace("garn,Sockengarn", "garn,Strumpfgarn"))
    assert session.exec(select(Product.name).where(Product.slug == "garn")).one() == "Strumpfgarn"


SAMPLES = ("shopify-legacy-jewelery.csv", "shopify-padded-columns.csv")


def sample(name: str) -> tuple[bytes, dict[str, Any]]:
    file = SHARED / name
    needs(f"../shared/data/{name}", file.is_file())
    facts: dict[str, Any] = json.loads((SHARED / f"{name}.expect.json").read_text(encoding="utf-8"))
    return file.read_bytes(), facts


@pytest.mark.parametrize("name", SAMPLES)
def test_every_known_fact_of_the_samples_comes_out(name: str) -> None:
    content, facts = sample(name)
    reading = dialects.read(content)
    articles = list(reading.articles())
    assert (reading.format, reading.table.delimiter) == ("shopify", facts["dialect"]["delimiter"])
    assert (len(articles), sum(len(each.variants) for each in articles)) == (
        facts["distinct_products"],
        facts["sellable_variants"],
    )
    rows = {each.row: (article, each) for article in articles for each in article.variants}
    for check in facts["spot_checks"]:
        article, variant = rows[check["row"]]
        sale = variant.facts["sale"]
        price = sale.price_cents if sale else variant.facts["price_cents"]
        before = variant.facts["price_cents"] if sale else None
        assert (article.key, article.facts["name"]) == (check["handle"], check["name"])
        assert (price, before) == (check["price_cents"], check["compare_at_cents"])
        assert variant.facts["stock"] == str(check["stock"])
        options = [value for _, value, _ in variant.facts.get("options", ())]
        assert options == [value for value in check["options"] if value != "Default Title"]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_must_be_asked_of_the_samples_is_asked(importer: Importer, name: str) -> None:
    content, facts = sample(name)
    plan = importer.plan(content)
    rows = {remark.row for remark in plan.questions}
    for question in facts["must_question"]:
        wanted = {row for span in question["rows"].split(",") for row in _rows_of(span)}
        assert wanted <= rows, question["reason"]
    assert plan.refused == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_second_import_of_the_samples_changes_nothing(importer: Importer, name: str) -> None:
    content, _ = sample(name)
    importer.write(content)
    again = importer.plan(content)
    assert (again.changes, list(again.steps)) == ([], [])


def _rows_of(span: str) -> range:
    first, _, last = span.strip().partition("-")
    return range(int(first), int(last or first) + 1)
