"""What shop systems' files say that is possible and hard to believe: it is asked in all of them alike."""

import pytest

from tests.catalog.exchange.importing import Importer

PURCHASES = {
    "shopify": "Handle,Title,Variant SKU,Variant Price,Cost per item\nk,Knopf,K1,4.50,6.00\n",
    "woocommerce": "Type,SKU,Name,Regular price,Cost of goods\nsimple,K1,Knopf,4.50,6\n",
    "wix": "handleId,fieldType,name,sku,price,cost,productImageUrl\np1,Product,Knopf,K1,4.5,6.0,\n",
    "magento": "sku,store_view_code,product_type,name,price,url_key,cost\nK1,,simple,Knopf,4.5000,knopf,6.0\n",
    "prestashop": (
        "ID;Aktiv (0/1);Name *;Kategorien (x,y,z...);Preis ohne MwSt.;Steuerregel-ID;Großhandelspreis;Artikel-Nr.;"
        "Menge\n"
        "1;1;Knopf;Knöpfe,Holz;4,50;1;6,00;K1;3\n"
    ),
    "oxid": "OXARTNUM;OXTITLE;OXPRICE;OXBPRICE\nK1;Knopf;4.5;6\n",
    "shopware5": "ordernumber;mainnumber;name;price_EK;purchasePrice\nK1;K1;Knopf;4.5;6\n",
}


@pytest.mark.parametrize("system", PURCHASES)
def test_goods_that_cost_more_than_they_bring_are_asked_about(system: str, importer: Importer) -> None:
    plan = importer.plan(PURCHASES[system])
    assert plan.format == system
    asked = [each for each in plan.questions if "Der Einkaufspreis 6,00" in each.reason]
    assert [(each.row, each.stops) for each in asked] == [(1, False)]
    assert not plan.refused


def test_a_reduction_to_nothing_is_asked_about(importer: Importer) -> None:
    plan = importer.plan("Type,SKU,Name,Regular price,Sale price\nsimple,K1,Knopf,4.50,0\n")
    assert "Der Angebotspreis ist 0,00 €" in " ".join(each.reason for each in plan.questions)


def test_a_negative_stock_of_wix_is_nothing(importer: Importer) -> None:
    plan = importer.plan("handleId,fieldType,name,sku,price,inventory\np1,Product,Knopf,K1,4.5,-2\n")
    assert "überverkauft" in " ".join(each.reason for each in plan.questions)
    assert not plan.refused


def test_prestashop_is_read_in_french_and_german(importer: Importer) -> None:
    french = (
        "ID;Actif (0/1);Nom *;Catégories (x,y,z...);Prix HT ou TTC;ID règle de taxes;Prix d'achat;Référence;Marque;"
        "Poids;Quantité;URL des images (x,y,z...)\n1;0;Laine;Laines,Fils;6,95;1;3,00;L-1;Moos;0,1;12;\n"
    )
    plan = importer.plan(french)
    assert plan.format == "prestashop"
    assert [(each.column, each.question) for each in plan.questions if each.stops] == [("Prix HT ou TTC", "gross")]
    german = importer.plan(PURCHASES["prestashop"])
    assert "netto" in " ".join(german.notes)


def test_a_price_far_above_all_others_is_asked_about(importer: Importer) -> None:
    rows = "".join(f"b{n},Band {n},B{n},{n % 5 + 1}.95\n" for n in range(30))
    plan = importer.plan(f"Handle,Title,Variant SKU,Variant Price\n{rows}k,Knopf,K,495\n")
    assert [each.row for each in plan.questions if "üblich sind 3,95" in each.reason] == [31]


def test_what_lies_in_several_places_is_added_up(importer: Importer) -> None:
    """Shopify's file of stocks has a row for every place; "not stocked" says nothing."""
    header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price"
    importer.write(f"{header}\nm,Mütze,Größe,S,M-S,9.90\nm,,,M,M-M,9.90\n")
    plan = importer.plan(
        "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Incoming (not editable),Available (not editable)\n"
        "m,Mütze,Größe,S,M-S,Berlin,0,4\nm,Mütze,Größe,S,M-S,Hamburg,0,2\n"
        "m,Mütze,Größe,M,M-M,Berlin,0,3\nm,Mütze,Größe,M,M-M,Hamburg,,not stocked\n"
    )
    assert not plan.refused
    assert plan.variants.changed == 2
    stocks = [(each.sku, each.new.split()) for each in plan.changes if each.column == "Bestand"]
    assert stocks == [("M-S", ["6", "Stück"]), ("M-M", ["3", "Stück"])]
    assert not plan.unknown_columns


def test_a_variant_twice_in_one_place_is_refused(importer: Importer) -> None:
    plan = importer.plan(
        "Handle,Title,Variant SKU,Variant Price,Location,Available\nm,Mütze,M,9.90,Berlin,4\nm,Mütze,M,9.90,Berlin,2\n"
    )
    assert "steht zweimal" in plan.refused[0].reason
