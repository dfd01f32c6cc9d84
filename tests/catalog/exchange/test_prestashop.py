from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading, Sale
from catalog.products import Variant
from tests.catalog.exchange.importing import Importer

HEADER = (
    "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax included;Tax rules ID;Wholesale price;"
    "On sale (0/1);Discount amount;Discount percent;Discount from (yyyy-mm-dd);Discount to (yyyy-mm-dd);"
    "Reference #;Manufacturer;EAN13;UPC;Weight;Quantity;Minimal quantity;Low stock level;Visibility;Summary;"
    "Description;Tags (x,y,z...);Image URLs (x,y,z...);Feature(Name:Value:Position)\n"
)
COMBINATIONS = (
    "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;EAN13;UPC;Wholesale price;"
    "Impact on price;Quantity\n"
    "1;Color:color:0, Size:select:1;Blue, dark:0, M:1;R-1;;;10;40;7\n"
    "1;Color:color:0, Size:select:1;Red:0, L:1;R-2;4006381333931;;10;0;9\n"
)


def read(content: str) -> Reading:
    reading = dialects.read(content.encode())
    assert reading.format == "prestashop"
    return reading


def article(row: str) -> Article:
    (only,) = read(HEADER + row).articles()
    return only


def test_a_product_comes_out_with_all_its_facts() -> None:
    found = article(
        "1;1;Garn;Wolle/Socken,Neu;4.95;1;3;1;;10;2026-01-01;2027-01-31;R-1;Moos;;036000291452;0.068357;160;1;0;both;"
        "Kurz;<p>Lang</p>;a,b;https://x.example/1.jpg,https://x.example/2.jpg;Care:cold:1,Origin:Lindow:2\n"
    )
    assert found.facts["categories"] == (("Wolle", "Socken"), ("Neu",))
    assert found.facts["pictures"] == ("https://x.example/1.jpg", "https://x.example/2.jpg")
    assert (found.facts["Merkmal: Care"], found.facts["Merkmal: Origin"]) == ("cold", "Lindow")
    facts = found.variants[0].facts
    assert (facts["price_cents"], facts["weight_g"], facts["stock"], facts["gtin"]) == (495, 68, "160", "036000291452")
    berlin = ZoneInfo("Europe/Berlin")
    assert facts["sale"] == Sale(446, datetime(2026, 1, 1, tzinfo=berlin), datetime(2027, 2, 1, tzinfo=berlin))
    assert "reorder_at" not in facts


def test_lists_are_parted_as_the_name_of_the_column_shows() -> None:
    content = "Name *,Categories (x;y;z...),Price tax included,Reference #,Tags (x;y;z...),Image URLs (x;y;z...)\n"
    (found,) = read(content + "Garn,Wolle;Neu,4.95,R,a; b,https://x.example/a,b.jpg\n".replace("a,b", "a;b")).articles()
    assert found.facts["categories"] == (("Wolle",), ("Neu",))


def test_an_article_that_is_nowhere_to_be_seen_is_a_draft() -> None:
    assert article("1;1;Garn;;4.95;;;;;;;;R;;;;;1;;;none;;;;;\n").facts["is_published"] is False


@pytest.mark.parametrize(("net", "cents"), [(True, 119), (False, 100)])
def test_whether_prices_hold_the_tax_is_asked_once(importer: Importer, session: Session, net: bool, cents: int) -> None:
    content = HEADER.replace("Price tax included", "Price tax excluded or Price tax included")
    content += "1;1;Garn;;1.00;;;;;;;;R;;;;;1;;;;;;;;\n2;1;Band;;2.00;;;;;;;;S;;;;;1;;;;;;;;\n"
    asked = [each.question for each in importer.plan(content).questions if each.stops]
    assert asked == ["gross"]
    importer.wishes = replace(importer.wishes, are_net=net)
    assert [each for each in importer.write(content).questions if each.stops] == []
    assert session.exec(select(Variant.price_cents).where(Variant.sku == "R")).one() == cents


def test_combinations_are_the_variants_of_one_article() -> None:
    (found,) = read(COMBINATIONS).articles()
    assert [each.facts["options"] for each in found.variants] == [
        (("Color", "Blue, dark", ""), ("Size", "M", "")),
        (("Color", "Red", ""), ("Size", "L", "")),
    ]
    assert [(each.sku, each.facts["stock"], "price_cents" in each.facts) for each in found.variants] == [
        ("R-1", "7", False),
        ("R-2", "9", False),
    ]


def test_combinations_change_variants_that_are_there_and_make_none(importer: Importer, session: Session) -> None:
    assert {each.row for each in importer.plan(COMBINATIONS).refused} == {1, 2}
    importer.write(
        "Artikelnummer;Artikel;Produktname;Preis;Option 1 Name;Option 1 Wert\n"
        "R-1;g;Garn;1;Color;Blue\nR-2;g;Garn;1;Color;Red\n"
    )
    assert importer.write(COMBINATIONS).refused == []
    assert session.exec(select(Variant.on_hand).order_by(Variant.sku)).all() == [7, 9]
    assert importer.plan(COMBINATIONS).changes_nothing
