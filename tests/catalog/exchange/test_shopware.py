from sqlmodel import Session, select

from catalog.exchange import dialects
from catalog.exchange.articles import Reading, Sale
from catalog.products import Product, Variant
from tests.catalog.exchange.importing import Importer

HEADER = (
    "id;parent_id;product_number;active;stock;name;description;price_net;price_gross;list_price_gross;tax_id;tax_rate;"
    "tax_name;cover_media_url;manufacturer_name;categories;category_paths;sales_channel;propertyIds;optionIds\n"
)
IDENTIFIER = "e5c8b8f701034e8dbea72ac0fc32521"
YARN = (
    f"{IDENTIFIER}a;;SW1;1;31;Garn;<p>Sehr <b>weich</b></p>;495.79831932773;590.00;;t;7;7 %;https://x.example/a.jpg;Moos;"
    f"{IDENTIFIER}c;Wolle>Garn|Neu;;;\n"
    f"{IDENTIFIER}b;{IDENTIFIER}a;SW1.1;;3;;;;;;;;;;;;;;;{IDENTIFIER}d\n"
    f"{IDENTIFIER}9;{IDENTIFIER}a;SW1.2;;4;;;;5.50;;;;;;;;;;;{IDENTIFIER}e\n"
    f"{IDENTIFIER}8;;SW2;0;1;Knopf;;;0.80;1.00;t;19;19 %;;;;;;;\n"
)


def read(content: str) -> Reading:
    reading = dialects.read(content.encode())
    assert (reading.format, reading.decimal) == ("shopware", ".")
    return reading


def test_variants_have_from_their_parent_what_they_do_not_say() -> None:
    yarn, _ = read(HEADER + YARN).articles()
    assert [(each.sku, each.facts["price_cents"], each.facts["stock"]) for each in yarn.variants] == [
        ("SW1.1", 59000, "3"),
        ("SW1.2", 550, "4"),
    ]
    assert (yarn.facts["vat_class"], yarn.facts["maker"], yarn.facts["description"]) == (
        "reduced", "Moos", "Sehr **weich**",
    )  # fmt: skip
    assert yarn.facts["categories"] == (("Wolle", "Garn"), ("Neu",))
    assert yarn.facts["pictures"] == ("https://x.example/a.jpg",)


def test_options_that_are_mere_identifiers_are_no_names() -> None:
    reading = read(HEADER + YARN)
    yarn, _ = reading.articles()
    assert [each.facts["options"] for each in yarn.variants] == [
        (("Ausführung", "SW1.1", ""),),
        (("Ausführung", "SW1.2", ""),),
    ]
    assert "categories, optionIds" in reading.notes[0]


def test_the_price_before_makes_a_reduction() -> None:
    _, button = read(HEADER + YARN).articles()
    assert (button.variants[0].facts["price_cents"], button.variants[0].facts["sale"]) == (100, Sale(80))
    assert button.facts["is_published"] is False


def test_an_export_comes_in_and_the_second_time_changes_nothing(importer: Importer, session: Session) -> None:
    assert importer.write(HEADER + YARN).refused == []
    assert set(session.exec(select(Variant.sku)).all()) == {"SW1.1", "SW1.2", "SW2"}
    assert set(session.exec(select(Product.name)).all()) == {"Garn", "Knopf"}
    assert importer.plan(HEADER + YARN).changes_nothing


def test_variants_that_shopware_would_make_are_asked_about() -> None:
    header = "product_number;name;stock;price_net;price_gross;tax_rate;variants\n"
    content = f"{header}S;Hemd;3;10;11.9;19;size: M, L | color: red\n"
    (shirt,) = read(content).articles()
    assert "mehrere Varianten" in " ".join(each.reason for each in shirt.questions)
