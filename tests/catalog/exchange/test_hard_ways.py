"""What a file says of variants and makers: nothing unlawful stays on sale, nothing that stands is refused."""

from datetime import timedelta

import pytest
from PIL import Image
from sqlmodel import Session, col, select

from catalog import prices
from catalog.makers import Maker
from catalog.price_steps import Step
from catalog.products import Product, Variant
from tests.catalog.exchange.exporting import exported
from tests.catalog.exchange.importing import Importer
from tests.make import NOW

MAKER = "Spinnerei Moos;Weg 1;16835;Lindow;post@moos.example"
HEADER = (
    "Artikelnummer;Artikel;Produktname;Art;Preis;Inhalt;Fasern;Hersteller;Hersteller Straße;Hersteller PLZ;"
    "Hersteller Ort;Hersteller Kontakt;Bilder;Option 1 Name;Option 1 Wert\n"
)
YARN = f"{HEADER}GARN-1;garn;Garn;Garn;4,50;50 g;100 % Wolle;{MAKER};a.png;Farbe;Rot\n"
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def ground(importer: Importer) -> None:
    Image.new("RGB", (40, 30), "red").save(importer.folder / "a.png")


def product(session: Session, slug: str = "garn") -> Product:
    return session.exec(select(Product).where(Product.slug == slug)).one()


def variant(session: Session, sku: str = "GARN-1") -> Variant:
    return session.exec(select(Variant).where(col(Variant.sku) == sku)).one()


@pytest.mark.parametrize(
    "file",
    [
        "Artikelnummer;Inhalt\nGARN-1;(leer)\n",
        "Artikelnummer;Preis\nGARN-1;0,00\n",
        "Artikelnummer;Artikel;Preis;Option 1 Name;Option 1 Wert\nGARN-2;garn;4,50;Farbe;Blau\n",
    ],
    ids=["content is erased", "the price is nothing", "a new shade has no content"],
)
def test_a_variant_that_lacks_something_takes_its_article_out_of_the_shop(
    importer: Importer, session: Session, file: str
) -> None:
    importer.write(YARN)
    assert product(session).is_published
    importer.write(file, now=LATER)
    assert not product(session).is_published


def test_a_new_price_or_stock_leaves_an_article_on_sale(importer: Importer, session: Session) -> None:
    importer.write(YARN)
    importer.write("Artikelnummer;Preis;Bestand\nGARN-1;4,90;3\n", now=LATER)
    assert product(session).is_published


def test_a_maker_who_loses_the_address_takes_all_goods_out_of_the_shop(importer: Importer, session: Session) -> None:
    other = YARN.replace("GARN-1;garn;Garn", "ZWIRN-1;zwirn;Zwirn")
    importer.write(YARN)
    importer.write(other)
    importer.write("Artikelnummer;Hersteller;Hersteller Straße\nGARN-1;Spinnerei Moos;(leer)\n", now=LATER)
    assert not product(session).is_published
    assert not product(session, "zwirn").is_published


def test_steps_and_reductions_that_a_new_price_has_overtaken_come_back_as_they_are(
    importer: Importer, session: Session
) -> None:
    importer.write(YARN)
    garn = variant(session)
    prices.set_steps(session, garn, [Step(10, 400)], now=NOW, author="x")
    prices.reduce(session, garn, 390, starts_at=NOW, ends_at=None, now=NOW, author="x")
    prices.set_regular(session, garn, 380, now=LATER, author="x")
    plan = importer.plan(exported(session, now=LATER), now=LATER)
    assert (plan.refused, list(plan.steps)) == ([], [])


def test_the_plan_refuses_steps_that_lie_below_the_variants_own_minimum(importer: Importer) -> None:
    importer.write(YARN)
    plan = importer.plan("Artikelnummer;Mindestmenge der Variante;Staffelpreise\nGARN-1;10;ab 10: 4,00\n", now=LATER)
    assert [each.column for each in plan.refused] == ["Staffelpreise"]


def test_the_plan_measures_steps_by_the_variants_own_minimum_that_stands(importer: Importer) -> None:
    importer.write(YARN)
    importer.write("Artikelnummer;Mindestmenge der Variante\nGARN-1;10\n", now=LATER)
    plan = importer.plan("Artikelnummer;Staffelpreise\nGARN-1;ab 5: 4,00\n", now=LATER)
    assert [each.column for each in plan.refused] == ["Staffelpreise"]


def test_so_many_pieces_are_no_content_that_gives_a_base_price(importer: Importer, session: Session) -> None:
    importer.write(YARN.replace("50 g", "10 Stück"))
    assert not product(session).is_published


TWO_COLOURS = (
    "Artikelnummer;Artikel;Produktname;Preis;Option 1 Name;Option 1 Wert\n"
    "K-1;knopf;Knopf;0,50;Farbe;Rot\nK-2;knopf;Knopf;0,50;Farbe;Blau\n"
)


def test_rows_of_numbers_alone_must_not_contradict_each_other(importer: Importer) -> None:
    importer.write(TWO_COLOURS)
    plan = importer.plan("Artikelnummer;Merkmal: Regal\nK-1;A1\nK-2;B7\n")
    assert [(each.row, each.column) for each in plan.refused] == [(2, "Merkmal: Regal")]
    assert "widerspricht Zeile 1" in plan.refused[0].reason


def test_what_rows_of_numbers_alone_say_twice_is_one_change(importer: Importer) -> None:
    importer.write(TWO_COLOURS)
    file = "Artikelnummer;Merkmal: Regal\nK-1;A1\nK-2;A1\n"
    plan = importer.write(file)
    assert (plan.products.changed, len(plan.changes)) == (1, 1)
    assert importer.plan(file).changes_nothing


def test_unknown_stock_is_asked_of_new_goods_only(importer: Importer) -> None:
    prices = "Art.-Nr.;Bezeichnung;VK brutto;Lieferant\nK-1;Knopf;0,50;Moos\n"
    assert any("Bestand ist nicht angegeben" in each.reason for each in importer.write(prices).questions)
    assert not any(
        "Bestand ist nicht" in each.reason for each in importer.plan(prices.replace("0,50", "0,60")).questions
    )


def test_a_maker_in_another_spelling_of_unicode_is_the_same(importer: Importer) -> None:
    file = "Artikelnummer;Produktname;Preis;Hersteller\nK-1;Knopf;0,50;Weberei Moos\n"
    importer.write(file)
    maker = importer.session.exec(select(Maker)).one()
    maker.name = "Weberei Mo\u0308ller"
    importer.session.flush()
    assert importer.plan(file.replace("Weberei Moos", "Weberei M\u00f6ller")).changes_nothing
