from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading, Sale
from catalog.exchange.cells import NotACell
from catalog.exchange.dialects import magento_cells
from catalog.products import Variant
from catalog.vat import VatClass
from tests.catalog.exchange.importing import Importer

HEADER = (
    "sku,store_view_code,attribute_set_code,product_type,categories,product_websites,name,description,"
    "short_description,weight,product_online,tax_class_name,visibility,price,special_price,special_price_from_date,"
    "special_price_to_date,url_key,meta_title,base_image,additional_images,additional_attributes,qty,is_in_stock,"
    "manage_stock,use_config_manage_stock,is_qty_decimal,related_skus,configurable_variations,"
    "configurable_variation_labels\n"
)
SHOP = (
    HEADER + 'GARN-R,,Default,simple,"Default Category/Wolle",base,Sockengarn Rot,,,0.1000,1,Taxable Goods,'
    "Not Visible Individually,4.5000,3.9000,2026-11-01 00:00:00,,sockengarn-rot,,/r/o/rot.jpg,,"
    '"color=Rot,gtin=4006381333931",5.0000,1,1,1,0,,,\n'
    "GARN-B,,Default,simple,Default Category/Wolle,base,Sockengarn Blau,,,0.1000,2,Taxable Goods,"
    "Not Visible Individually,4.5000,,,,sockengarn-blau,,,,color=Blau,2.0000,0,1,1,0,,,\n"
    'GARN,,Default,configurable,"Default Category/Wolle,Default Category/Wolle/Socken, bunt und warm",base,Sockengarn,'
    '"<p>Vier <b>Fäden</b></p>",Weich,,1,Taxable Goods,"Catalog, Search",4.5000,,,,sockengarn,Meta,/g/a/garn.jpg,'
    '"/g/a/2.jpg,no_selection","manufacturer=Moos,run_length=210 m,has_options=1,waschbar=Yes",0.0000,1,1,1,0,,'
    '"sku=GARN-R,color=Rot|sku=GARN-B,color=Blau|sku=GARN-G,color=Grün",color=Farbe\n'
    "GARN,fr,Default,configurable,,,Fil à chaussettes,,,,,,,,,,,,,,,,,,,,,,,\n"
    "KN,,Default,simple,,base,Knopf,,,,1,None,Catalog,1.2000,,,,,,https://b.example/k.jpg,,,,1,1,1,0,X,,\n"
    "STOFF,,Default,simple,,base,Jersey,,,,1,Ermäßigt,Catalog,9.9000,,,,,,,,,-1.0000,1,0,0,1,,,\n"
    "SET,,Default,grouped,,base,Set,,,,1,,Catalog,,,,,,,,,,0.0000,1,1,1,0,,,\n"
    "PAKET,,Default,bundle,,base,Paket,,,,1,,Catalog,14,,,,,,,,,0.0000,1,1,1,0,,,\n"
    "KURS,,Default,virtual,,base,Nähkurs,,,,1,Kurse,Catalog,49,,,,,,,,,10.0000,0,1,1,0,,,\n"
)


def read(content: str) -> tuple[Reading, dict[str, Article]]:
    reading = dialects.read(content.encode())
    return reading, {article.key: article for article in reading.articles()}


def asked(article: Article) -> list[tuple[int, str]]:
    return [(remark.row, remark.column) for remark in article.questions]


def test_simple_products_are_variants_of_the_configurable_one() -> None:
    reading, found = read(SHOP)
    assert (reading.format, reading.decimal, reading.refused) == ("magento", ".", [])
    assert list(found) == ["sockengarn", "knopf", "jersey", "naehkurs"]
    yarn = found["sockengarn"]
    assert yarn.facts == {
        "name": "Sockengarn",
        "summary": "Weich",
        "description": "Vier **Fäden**",
        "categories": (("Wolle", "Socken, bunt und warm"),),
        "maker": "Moos",
        "Merkmal: Run length": "210 m",
        "Merkmal: Waschbar": "ja",
        "is_published": True,
        "vat_class": VatClass.STANDARD,
        "pictures": ("g/a/garn.jpg", "g/a/2.jpg"),
    }
    red, green = yarn.variants
    assert (red.row, red.sku, red.facts) == (
        1,
        "GARN-R",
        {
            "price_cents": 450,
            "sale": Sale(390, datetime(2026, 11, 1, tzinfo=ZoneInfo("Europe/Berlin"))),
            "options": (("Farbe", "Rot", ""),),
            "weight_g": 100,
            "gtin": "4006381333931",
            "pictures": ("r/o/rot.jpg",),
            "stock": "5",
        },
    )
    assert (green.row, green.sku, green.facts) == (
        3,
        "GARN-G",
        {"price_cents": 450, "sale": None, "options": (("Farbe", "Grün", ""),)},
    )
    assert asked(yarn) == [(2, "product_online"), (3, "configurable_variations")]


def test_what_the_file_leaves_open_is_asked() -> None:
    reading, found = read(SHOP)
    assert [(remark.row, remark.column) for remark in reading.questions] == [
        (7, "product_type"),
        (8, "product_type"),
        (9, "product_type"),
    ]
    assert asked(found["knopf"]) == [(5, "tax_class_name"), (5, "qty")]
    assert found["knopf"].facts["pictures"] == ("https://b.example/k.jpg",)
    assert asked(found["jersey"]) == [(6, "manage_stock")]
    assert "stock" not in found["jersey"].variants[0].facts
    assert found["jersey"].facts["vat_class"] is VatClass.REDUCED
    assert asked(found["naehkurs"]) == [(9, "tax_class_name"), (9, "is_in_stock")]


def test_translations_and_how_things_are_read_are_said() -> None:
    reading, _ = read(SHOP)
    assert [each.name for each in reading.unknown] == ["related_skus"]
    assert [note.split(". ")[0] for note in reading.notes] == [
        "1 Zeilen mit Texten für einzelne Store Views lassen wir aus.",
        "Bilder nennt Magento mit ihrem Pfad unter pub/media/catalog/product",
        "Gewichte stehen ohne Einheit in der Datei",
    ]


def test_a_file_of_one_store_view_is_read_by_it() -> None:
    _, found = read("sku,store_view_code,product_type,name,price\nA,de,simple,Knopf,1.2\nA,en,simple,Button,1.2\n")
    assert [article.facts["name"] for article in found.values()] == ["Knopf"]


def test_measured_and_oversold_goods_are_asked_about() -> None:
    _, found = read("sku,product_type,name,price,url_key,qty,is_qty_decimal\nA,simple,Jersey,9.9,,-2.5000,1\n")
    (jersey,) = found.values()
    assert jersey.variants[0].facts["stock"] == "0"
    assert asked(jersey) == [(1, "qty"), (1, "is_qty_decimal")]


def test_a_configurable_product_that_is_all_off_is_a_draft() -> None:
    _, found = read(SHOP.replace("0.1000,1,Taxable", "0.1000,2,Taxable").replace("|sku=GARN-G,color=Grün", ""))
    yarn = found["sockengarn"]
    assert (yarn.facts["is_published"], [each.sku for each in yarn.variants]) == (False, ["GARN-R", "GARN-B"])


def test_a_variant_of_two_products_stays_with_the_first() -> None:
    again = 'GARN2,,Default,configurable,,base,Zweites,,,,1,,Catalog,4.5,,,,,,,,,,1,1,1,0,,"sku=GARN-R,color=Rot",\n'
    reading, found = read(SHOP + again)
    assert [each.sku for each in found["sockengarn"].variants] == ["GARN-R", "GARN-G"]
    assert found["zweites"].variants == []
    assert (10, "configurable_variations") in [(remark.row, remark.column) for remark in reading.questions]


def test_only_configurable_products_have_variants_and_none_is_its_own() -> None:
    header = "sku,product_type,name,price,qty,url_key,configurable_variations\n"
    _, found = read(header + "A,simple,Knopf,1,1,knopf,sku=B\nB,configurable,Band,1,1,band,sku=B\n")
    assert [each.sku for each in found["knopf"].variants] == ["A"]
    assert found["band"].variants == []


def test_a_wrong_ean_is_left_out_and_asked_about_and_a_row_without_name_and_number_refused() -> None:
    reading, found = read(
        SHOP.replace("4006381333931", "4006381333930") + "," * 29 + "\n,,Default,simple" + "," * 26 + "\n"
    )
    assert "gtin" not in found["sockengarn"].variants[0].facts
    assert (1, "additional_attributes") in asked(found["sockengarn"])
    assert [(remark.row, remark.column) for remark in reading.refused] == [(11, "sku")]


def test_attributes_are_parted_even_where_values_hold_commas_and_quotes() -> None:
    assert magento_cells.pairs('color=black,"features=Audio Pocket|Sleeve, 15 inches",size=') == {
        "color": "black",
        "features": "Audio Pocket, Sleeve, 15 inches",
        "size": "",
    }
    assert magento_cells.pairs('a="x, ""y""",b=2') == {"a": 'x, "y"', "b": "2"}


def test_days_are_read_in_the_american_way_only_where_it_is_certain() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert magento_cells.moment("12/26/18, 5:05 PM") == datetime(2018, 12, 26, 17, 5, tzinfo=berlin)
    assert magento_cells.moment("26.12.18, 17:05") == datetime(2018, 12, 26, 17, 5, tzinfo=berlin)
    with pytest.raises(NotACell):
        magento_cells.moment("1/2/2026")


def test_a_second_import_changes_nothing(importer: Importer, session: Session) -> None:
    assert importer.write(SHOP).refused == []
    assert set(session.exec(select(Variant.sku)).all()) == {"GARN-R", "GARN-G", "KN", "STOFF", "KURS"}
    again = importer.plan(SHOP)
    assert (again.refused, again.changes, list(again.steps)) == ([], [], [])
