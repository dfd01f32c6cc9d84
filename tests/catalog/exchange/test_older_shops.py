"""Shops of older systems: OXID eShop, xt:Commerce with Gambio and modified, Shopware 5."""

from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Article
from catalog.products import Variant
from tests.catalog.exchange.importing import Importer

OXID = (
    "OXID;OXPARENTID;OXARTNUM;OXTITLE;OXPRICE;OXBPRICE;OXTPRICE;OXEAN;OXSTOCK;OXACTIVE;OXVARNAME;OXVARSELECT;OXPIC1\n"
    "a1;;K-1;Kissen;19.9;25.0;24.9;4006381333931;3;1;;;\n"
    "b1;;T-1;Hemd;29;0;0;;0;1;Größe | Farbe;;\n"
    "b2;b1;T-1-S;;29;0;0;;4;1;;S | rot;\n"
    "b3;b1;T-1-M;;31;0;0;;2;1;;M | rot;\n"
)
XT = (
    "XTSOL|p_id|p_model|p_stock|p_priceNoTax|p_tax|p_status|p_weight|p_ean|p_name.de|p_desc.de|p_cat.de\n"
    "XTSOL|1|BAND|12.00|4.1933|1|1|0.10|4006381333931|Satinband|<p>Schön</p>|[Bänder][Satin]\n"
    "XTSOL|2|HEFT|0.00|2.7944|2|0|0.00||Heft||\n"
)
SW5 = (
    "ordernumber;mainnumber;name;additionalText;supplier;tax;price_EK;pseudoprice_EK;active;instock;description;"
    "description_long;shippingtime;weight;ean;configuratorOptions;categories\n"
    "SW1;SW1;Jersey;;Moos;19.00;14.90;19.90;1;25;Weich;<p>Weicher Jersey</p>;3;0.25;4006381333931;;3|5\n"
    "SW2.1;SW2.1;Band;rot;Moos;19.00;1.5;0;1;4;;;;0.01;;Farbe:rot;3\n"
    "SW2.2;SW2.1;Band;blau;Moos;19.00;1.7;0;1;0;;;;0.01;;Farbe:blau;3\n"
)


def articles(content: str, key: str) -> list[Article]:
    reading = dialects.read(content.encode())
    assert reading.format == key
    assert not reading.unknown
    return list(reading.articles())


def told(found: Article) -> list[tuple[str, int, str, list[str]]]:
    return [
        (
            each.sku,
            each.facts["price_cents"],
            each.facts["stock"],
            [f"{name}: {value}" for name, value, _ in each.facts.get("options", ())],
        )
        for each in found.variants
    ]


def test_oxid_names_options_at_the_parent_and_chooses_at_the_variant() -> None:
    pillow, shirt = articles(OXID, "oxid")
    assert told(pillow) == [("K-1", 1990, "3", [])]
    assert pillow.variants[0].facts["rrp_cents"] == 2490
    assert shirt.facts["name"] == "Hemd"
    assert told(shirt) == [
        ("T-1-S", 2900, "4", ["Größe: S", "Farbe: rot"]),
        ("T-1-M", 3100, "2", ["Größe: M", "Farbe: rot"]),
    ]
    assert "rrp_cents" not in shirt.variants[0].facts


def test_oxid_asks_about_a_purchase_price_above_the_price(importer: Importer) -> None:
    plan = importer.plan(OXID)
    assert [each.row for each in plan.questions if "höher als der Preis" in each.reason] == [1]
    assert not plan.refused


def test_xt_commerce_has_net_prices_and_levels_of_categories(importer: Importer, session: Session) -> None:
    ribbon, magazine = articles(XT, "xtcommerce")
    assert ribbon.facts["categories"] == (("Bänder", "Satin"),)
    assert (ribbon.facts["vat_class"], magazine.facts["vat_class"]) == ("standard", "reduced")
    assert (ribbon.facts["is_published"], magazine.facts["is_published"]) == (True, False)
    importer.write(XT)
    prices = session.exec(select(Variant.sku, Variant.price_cents, Variant.on_hand)).all()
    assert set(prices) == {("BAND", 499, 12), ("HEFT", 299, 0)}
    assert importer.plan(XT).changes_nothing


def test_shopware_5_sells_the_main_variant_too(importer: Importer) -> None:
    jersey, ribbon = articles(SW5, "shopware5")
    assert told(jersey) == [("SW1", 1990, "25", [])]
    assert jersey.variants[0].facts["sale"].price_cents == 1490
    assert told(ribbon) == [("SW2.1", 150, "4", ["Farbe: rot"]), ("SW2.2", 170, "0", ["Farbe: blau"])]
    plan = importer.write(SW5)
    assert not [each for each in plan.questions if each.stops]
    assert importer.plan(SW5).changes_nothing


def test_shopware_5_tells_variants_apart_by_their_additional_text() -> None:
    text = SW5.replace("configuratorOptions", "notes")
    ribbon = list(dialects.read(text.encode()).articles())[1]
    assert [each[3] for each in told(ribbon)] == [["Ausführung: rot"], ["Ausführung: blau"]]
