"""No dialect takes a file of another one for its own."""

import pytest

from catalog.exchange import dialects
from catalog.exchange.reading import NotATable
from tests.catalog.exchange import (
    test_etsy,
    test_jtl,
    test_magento,
    test_older_shops,
    test_prestashop,
    test_price_list,
    test_shopify,
    test_shopware,
    test_wix,
    test_woocommerce,
)
from tests.catalog.exchange.importing import SHARED
from tests.conftest import needs

WRITTEN = {
    "woocommerce": [test_woocommerce.GERMAN, "Type,SKU,Name,Regular price\nsimple,A,Knopf,1\n"],
    "shopify": [test_shopify.LEGACY, test_shopify.TODAY, "Title,Option1 name,Price\nKnopf,,1\n"],
    "wix": [test_wix.OLD, test_wix.NEW, "fieldType,name,price\nProduct,Knopf,1\n"],
    "etsy": [*(each + test_etsy.ROWS for each in test_etsy.HEADERS.values()), "TITEL,PREIS,MATERIALIEN,BILD1\nA,1,,\n"],
    "magento": [test_magento.SHOP, "sku,product_type,name,price,url_key\nA,simple,Knopf,1,knopf\n"],
    "dorfladen": [
        "Artikelnummer;Produktname;Preis\nA;Knopf;1\n",
        "Artikelnummer;Produktname;Beschreibung;Preis;Bestand;Kategorie;Gewicht (g);Bilder;Hersteller\nA;K;;1;;;;;\n",
    ],
    "preisliste": [
        test_price_list.PARENTS,
        "SKU;Titel;Preis;Bild\nA;Knopf;1;\n",
        "Hersteller,Name,Preis,Lieferzeit\nMoos,Garn,1,sofort\n",
        "EAN;Bezeichnung;VK\n;Knopf;1\n",
        "Artikelnummer;Bestand Laden;Bestand Keller\nA;1;2\n",
    ],
    "jtl": [test_jtl.SHIRTS, "Artikelnummer;Artikelname;Brutto-VK;Kategorie Ebene 1;Bestand\nA;Knopf;1;;\n"],
    "shopware": [
        test_shopware.HEADER + test_shopware.YARN,
        "product_number;name;stock;price_net;price_gross;tax_rate\nS;Hemd;3;10;11.9;19\n",
    ],
    "oxid": [test_older_shops.OXID, "OXARTNUM;OXTITLE;OXPRICE\nA;Knopf;1\n"],
    "xtcommerce": [test_older_shops.XT, "XTSOL;p_model;p_name.de;p_priceNoTax\nXTSOL;A;Knopf;1\n"],
    "shopware5": [test_older_shops.SW5, "ordernumber;mainnumber;name;price\nA;A;Knopf;1\n"],
    "prestashop": [
        test_prestashop.COMBINATIONS,
        test_prestashop.HEADER + "1;1;Garn;;4.95;;;;;;;;R;;;;;1;;;;;;;;\n",
        "ID;Active (0/1);Name *;Price tax excluded;Tax rules ID;Reference #;Quantity\n1;1;K;1;1;R;3\n",
    ],
}
SHARED_FILES = {
    "etsy-italian-ceramics.csv": "etsy",
    "prestashop-thirtybees-products.csv": "prestashop",
    "shopify-legacy-jewelery.csv": "shopify",
    "shopify-padded-columns.csv": "shopify",
    "woo-classic-sample.csv": "woocommerce",
    "woo-importer-unit-fixture.csv": "woocommerce",
}


@pytest.mark.parametrize(
    ("key", "content"), [(key, content) for key, written in WRITTEN.items() for content in written]
)
def test_a_file_is_read_by_the_dialect_that_it_was_written_in(key: str, content: str) -> None:
    assert dialects.read(content.encode()).format == key


@pytest.mark.parametrize("name", SHARED_FILES)
def test_files_in_the_wild_are_read_by_their_dialect(name: str) -> None:
    file = SHARED / name
    needs(f"../shared/data/{name}", file.is_file())
    assert dialects.read(file.read_bytes()).format == SHARED_FILES[name]


def test_files_of_others_are_no_shops() -> None:
    shops = set(SHARED_FILES.values())
    others = [file for file in SHARED.glob("*.csv") if file.name not in SHARED_FILES]
    needs("../shared/data", bool(others))
    for file in others:
        header = file.read_text(encoding="utf-8", errors="replace").splitlines()[0]
        names = header.split(";" if header.count(";") > header.count(",") else ",")
        known = {each.key for each in dialects.DIALECTS if each.recognise(names)}
        assert not known & shops, file.name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (test_shopify.LEGACY, "Shopify (Spalten bis 2024)"),
        (test_shopify.TODAY, "Shopify (Spalten von 2024 an)"),
        (test_woocommerce.GERMAN, "WooCommerce"),
        (test_shopware.HEADER + test_shopware.YARN, "Shopware 6"),
        (test_price_list.PARENTS, "Preisliste"),
        ("Artikelnummer;Produktname;Preis\nA;Knopf;1\n", "Dorfladen"),
    ],
)
def test_a_format_is_called_as_people_call_it(content: str, name: str) -> None:
    assert dialects.read(content.encode()).format_name == name


def test_every_dialect_has_a_key_and_a_name_of_its_own() -> None:
    keys, names = {each.key for each in dialects.DIALECTS}, {each.name for each in dialects.DIALECTS}
    assert len(keys) == len(names) == len(dialects.DIALECTS)


def test_a_file_of_no_dialect_is_refused_with_its_columns_and_how_to_name_them() -> None:
    with pytest.raises(NotATable) as refused:
        dialects.read("Kürzel;Woher;Wohin\n1;Ulm;Bonn\n".encode())
    assert "Sie hat: Kürzel, Woher, Wohin. Bitte sagen Sie, was sie sind" in refused.value.sentence


def test_equals_are_read_by_the_first() -> None:
    header = ["Artikelnummer", "Preis", "Bestand"]
    known = [each.recognise(header) for each in dialects.DIALECTS]
    assert known.count(max(known)) > 1
    assert dialects.read(b"Artikelnummer;Preis;Bestand\nA;1;2\n").format == "dorfladen"
