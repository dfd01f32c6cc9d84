"""The variants as an article's page offers them: own rules, longest rolls, groups, a fixed number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from catalog import article, prices, products, stock
from catalog.article import Page
from catalog.prices import Step
from catalog.products import Product, Variant
from catalog.units import QuantityRule, Unit
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_shades, make_variant


def read(session: Session, slug: str) -> Page:
    session.flush()
    return article.read(session, slug, NOW) or pytest.fail(f"no article {slug}")


def queries_for(database: Database, slug: str) -> int:
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    with database.reading() as session:
        event.listen(database.engine, "before_cursor_execute", note)
        assert article.read(session, slug, NOW) is not None
        event.remove(database.engine, "before_cursor_execute", note)
    return len(asked)


def test_four_hundred_variants_take_as_many_queries_as_four(either_database: Database) -> None:
    with either_database.writing() as session:
        make_shades(session, 4, "Vier")
        make_shades(session, 400, "Alle")
    assert queries_for(either_database, "alle") == queries_for(either_database, "vier") <= 16


def test_each_variant_follows_its_own_rule(session: Session) -> None:
    jersey = make_product(session, "Jersey", unit=Unit.LENGTH, minimum=50, step=10)
    make_variant(session, jersey, on_hand=900)
    border = make_variant(session, jersey, on_hand=900)
    border.minimum, border.step, border.maximum = 100, 50, 520
    common, own = read(session, "jersey").choices
    assert common.rule == QuantityRule(Unit.LENGTH, 50, 10)
    assert own.rule == QuantityRule(Unit.LENGTH, 100, 50, 520)
    assert (common.most, own.most) == (900, 500)


def test_longest_roll_and_not_the_sum_says_what_can_be_had_in_one_piece(session: Session) -> None:
    variant = make_fabric(session, on_hand=0)
    for length in (345, 120):
        stock.receive(session, variant, length, now=NOW, author="test")
    choice = read(session, "jersey-waldtiere").choices[0]
    assert (choice.available, choice.at_once, choice.most) == (465, 345, 340)
    assert not choice.is_sold_out


def test_fabric_of_which_only_short_rests_lie_there_is_sold_out(session: Session) -> None:
    variant = make_fabric(session, on_hand=0)
    for _ in range(3):
        stock.receive(session, variant, 40, now=NOW, author="test")
    assert read(session, "jersey-waldtiere").is_sold_out


def test_own_minimum_decides_what_is_sold_out(session: Session) -> None:
    buttons = make_product(session, "Knopf")
    make_variant(session, buttons, on_hand=4).minimum = 5
    make_variant(session, buttons, on_hand=4)
    assert [choice.is_sold_out for choice in read(session, "knopf").choices] == [True, False]


def test_stock_that_is_not_counted_has_no_limit_but_the_rule(session: Session) -> None:
    variant = make_fabric(session, counts_stock=False, on_hand=0)
    assert read(session, "jersey-waldtiere").choices[0].most is None
    variant.maximum = 305
    assert read(session, "jersey-waldtiere").choices[0].most == 300


def test_balls_of_one_lot_are_told(session: Session) -> None:
    yarn = make_variant(session, make_product(session, "Sockenwolle"), on_hand=0)
    stock.receive(session, yarn, 12, lot="4711", now=NOW, author="test")
    stock.receive(session, yarn, 5, lot="4712", now=NOW, author="test")
    choice = read(session, "sockenwolle").choices[0]
    assert (choice.available, choice.of_one_lot, choice.most) == (17, 12, 17)


def test_balls_of_unknown_lots_are_not_called_one_lot(session: Session) -> None:
    yarn = make_variant(session, make_product(session, "Sockenwolle"), on_hand=30)
    assert read(session, "sockenwolle").choices[0].of_one_lot is None
    stock.receive(session, yarn, 5, lot="4712", now=NOW, author="test")
    assert read(session, "sockenwolle").choices[0].of_one_lot == 5


def test_shades_times_sizes_come_in_groups_of_the_fewer(session: Session) -> None:
    zips = make_product(session, "Reißverschluss")
    for length in ("12 cm", "18 cm"):
        for colour in ("Rot", "Blau", "Grün", "Gelb", "Grau"):
            make_variant(session, zips, options=[("Farbe", colour, "#cc0000"), ("Länge", length, "")])
    page = read(session, "reissverschluss")
    assert [(group.name, len(group.choices)) for group in page.groups] == [("12 cm", 5), ("18 cm", 5)]
    assert page.option_name == "Farbe und Länge"
    assert (page.choices[0].label, page.choices[0].short_label) == ("Rot, 12 cm", "Rot")


def test_few_variants_stay_in_one_group(session: Session) -> None:
    buttons = make_product(session, "Knopf")
    for size in ("15 mm", "20 mm"):
        for colour in ("Rot", "Blau"):
            make_variant(session, buttons, options=[("Farbe", colour, ""), ("Größe", size, "")])
    page = read(session, "knopf")
    assert [group.name for group in page.groups] == [""]
    assert page.choices[0].short_label == "Rot, 15 mm"


def test_prices_stand_at_the_variants_only_where_they_differ(session: Session) -> None:
    yarn = make_product(session, "Wolle")
    make_variant(session, yarn, content=50, content_unit=Unit.WEIGHT)
    assert read(session, "wolle").choices[0].price_text == ""
    make_variant(session, yarn, content=50, content_unit=Unit.WEIGHT, price_cents=595)
    cheap, dear = (choice.price_text.replace("\xa0", " ") for choice in read(session, "wolle").choices)
    assert cheap == "4,95 €\n99,00 €/\u200b1 kg"
    assert dear == "5,95 €\n119,00 €/\u200b1 kg"


def test_steps_are_told_below_the_current_price_only(session: Session) -> None:
    buttons: Variant = make_variant(session, make_product(session, "Knopf"), now=NOW - timedelta(days=40))
    prices.set_steps(session, buttons, [Step(10, 450), Step(50, 400)], now=NOW, author="test")
    prices.reduce(session, buttons, 420, starts_at=NOW, ends_at=None, now=NOW, author="test")
    assert read(session, "knopf").choices[0].steps == ((50, 400),)


def test_remnant_names_the_article_of_its_roll_while_shoppers_see_it(session: Session) -> None:
    jersey = make_fabric(session, sku="J1", options=[("Farbe", "Petrol", "")])
    rest = make_variant(session, make_product(session, "Rest"), on_hand=1, content=85, content_unit=Unit.LENGTH)
    rest.cut_from_id = jersey.id
    remnant = read(session, "rest").remnant
    assert remnant is not None
    assert remnant.length_cm == 85
    assert remnant.source == article.Source("jersey-waldtiere", "J1", "Jersey Waldtiere", "Petrol")
    products.unpublish(session, session.get_one(Product, jersey.product_id), NOW)
    remnant = read(session, "rest").remnant
    assert remnant is not None
    assert remnant.source is None
