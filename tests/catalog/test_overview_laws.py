"""Whatever happens to the goods: the overview that is brought up to date is the one that would be made anew."""

import os
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session

from catalog import (
    attributes,
    bits,
    categories,
    facts,
    fibres,
    filter_facts,
    filters,
    makers,
    overviews,
    prices,
    products,
    revisions,
    stock,
)
from catalog.attributes import AttributeKind
from catalog.categories import Category
from catalog.facts import Fact
from catalog.movements import Why
from catalog.orders import Order
from catalog.overview import Overview
from catalog.products import Product, Variant
from catalog.units import Unit
from tests.make import NOW, make_product, make_variant

IS_LONG = os.environ.get("DORFLADEN_TEST_KILLS") == "long"
EXAMPLES, STEPS = (150, 60) if IS_LONG else (6, 15)
numbers = st.integers(0, 1_000_000)
names = st.sampled_from(["Jersey Waldtiere", "jersey", "Öse 8 mm", "Knöpfe Horn", "Leinen", "Garn No. 5", "LEINEN"])
colours = st.sampled_from(["Petrol", "petrol", "Senf", "Altrosa", "Senf 12"])
cents = st.integers(1, 3000)
hours = st.integers(0, 72)


class Haberdashery(RuleBasedStateMachine):
    """A shop with some goods, whose owner does all sorts of things."""

    session: Session  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        self.now = NOW
        attributes.ensure_types(self.session)
        self.departments = [categories.at_path(self.session, ["Stoffe", "Jersey"]).id or 0]
        self.goods: list[int] = []
        self.variants: list[int] = []
        self.add_goods("Jersey Waldtiere", "Petrol", 1290, True)
        self.add_goods("Knöpfe Horn", "Senf", 45, False)
        self.known = overviews.read(self.session, self.now)

    def teardown(self) -> None:
        """Leave the database as it was."""
        self.savepoint.rollback()

    @property
    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"now": self.now, "author": "test"}

    def product(self, number: int) -> Product:
        return self.session.get_one(Product, self.goods[number % len(self.goods)])

    def variant(self, number: int) -> Variant:
        return self.session.get_one(Variant, self.variants[number % len(self.variants)])

    # --- goods come and go ---

    @rule(name=names, colour=colours, price=cents, by_the_metre=st.booleans())
    def add_goods(self, name: str, colour: str, price: int, by_the_metre: bool) -> None:
        unit: dict[str, Any] = {"unit": Unit.LENGTH, "minimum": 50, "step": 10} if by_the_metre else {}
        product = make_product(self.session, name, **unit)
        self.goods.append(product.id or 0)
        self.add_variant(len(self.goods) - 1, colour, price)

    @rule(number=numbers, colour=colours, price=cents)
    def add_variant(self, number: int, colour: str, price: int) -> None:
        facts: dict[str, Any] = {"price_cents": price, "on_hand": price % 90, "now": self.now}
        if price % 2 and self.product(number).unit == Unit.PIECE:
            facts |= {"content": 50, "content_unit": Unit.WEIGHT}
        options = [("Farbe", colour, "#336699" if price % 3 else "")]
        variant = make_variant(self.session, self.product(number), options=options, **facts)
        self.variants.append(variant.id or 0)

    @rule(number=numbers, there=st.booleans())
    def publish(self, number: int, there: bool) -> None:
        (products.publish if there else products.unpublish)(self.session, self.product(number), self.now)

    @rule(number=numbers)
    def put_away(self, number: int) -> None:
        variant = self.variant(number)
        variant.is_active = not variant.is_active
        self.session.flush()
        products.touch(self.session, variant.product_id, self.now)

    # --- what they are ---

    @rule(number=numbers, colour=colours)
    def dye(self, number: int, colour: str) -> None:
        products.set_options(self.session, self.variant(number), [("Farbe", colour, "#112233")], self.now)

    @rule(number=numbers, name=names, maker=st.sampled_from(["Nord", "Süd", "West"]))
    def describe(self, number: int, name: str, maker: str) -> None:
        product = self.product(number)
        product.name, product.maker_id = name, makers.named(self.session, maker).id
        self.session.flush()
        products.touch(self.session, product.id or 0, self.now)

    @rule(number=numbers, width=st.sampled_from(["", "140", "150"]), material=st.sampled_from(["", "Horn", "Holz"]))
    def measure(self, number: int, width: str, material: str) -> None:
        values = {"width": width, "material": material}
        attributes.set_values(self.session, self.product(number).id or 0, values, self.now)

    @rule(number=numbers, composition=st.sampled_from(["100 % Wolle", "95 % Baumwolle, 5 % Elasthan"]))
    def compose(self, number: int, composition: str) -> None:
        shares = fibres.parse_composition(composition)
        fibres.set_composition(self.session, self.product(number).id or 0, shares, self.now)

    @rule(number=numbers, label=st.sampled_from(["Herkunft", "Art"]), text=st.sampled_from(["See", "Alb"]))
    def tell_something_new(self, number: int, label: str, text: str) -> None:
        """As an import does: an attribute that nobody has announced to the shop's frame."""
        fact = attributes.labelled(self.session, label)
        attributes.set_values(self.session, self.product(number).id or 0, {fact.key: text}, self.now)

    # --- the shop's frame ---

    @rule(number=numbers, place=st.lists(numbers, max_size=2))
    def place(self, number: int, place: list[int]) -> None:
        ids = [self.departments[each % len(self.departments)] for each in place]
        products.place_in(self.session, self.product(number).id or 0, ids, self.now)

    @rule(name=st.sampled_from(["Garne", "Wolle", "Bunte Garne"]), number=numbers)
    def add_department(self, name: str, number: int) -> None:
        parent = self.departments[number % len(self.departments)] if number % 2 else None
        self.departments.append(categories.add(self.session, name, parent).id or 0)

    @rule(number=numbers, name=st.sampled_from(["Feines", "Grobes"]))
    def rename_department(self, number: int, name: str) -> None:
        """As the backoffice does."""
        category = self.session.get_one(Category, self.departments[number % len(self.departments)])
        category.name = name
        self.session.flush()
        products.touch_in(self.session, categories.ids_below(self.session, category.id or 0), self.now)
        revisions.bump(self.session)

    @rule(number=numbers)
    def raise_department(self, number: int) -> None:
        """It stands at the top from now on; nobody touches its goods."""
        self.session.get_one(Category, self.departments[number % len(self.departments)]).parent_id = None
        self.session.flush()
        revisions.bump(self.session)

    @rule(is_filter=st.booleans(), label=st.sampled_from(["Material", "Werkstoff"]))
    def change_fact(self, is_filter: bool, label: str) -> None:
        found = next(each for each in attributes.types(self.session) if each.key == "material")
        facts.change(self.session, found, Fact(label, AttributeKind.TEXT, is_filter=is_filter), self.now)

    # --- prices, stock, time ---

    @rule(number=numbers, price=cents)
    def price(self, number: int, price: int) -> None:
        prices.set_regular(self.session, self.variant(number), price, **self.by)

    @rule(number=numbers, start=hours, end=hours)
    def reduce(self, number: int, start: int, end: int) -> None:
        variant = self.variant(number)
        starts_at = self.now + timedelta(hours=start)
        ends_at = starts_at + timedelta(hours=end + 1) if end else None
        if variant.price_cents:
            prices.reduce(
                self.session, variant, variant.price_cents // 2, starts_at=starts_at, ends_at=ends_at, **self.by
            )

    @rule(number=numbers, change=st.integers(-60, 60), why=st.sampled_from([Why.COUNTED, Why.SOLD]))
    def move(self, number: int, change: int, why: Why) -> None:
        variant = self.variant(number)
        if variant.on_hand + change >= variant.held:
            stock.move(self.session, variant, change, why, **self.by)

    @rule(passed=st.sampled_from([1, 11, 60, 60 * 26]))
    def wait(self, passed: int) -> None:
        self.now += timedelta(minutes=passed)

    # --- what always holds ---

    @invariant()
    def the_overview_is_what_it_would_be_anew(self) -> None:
        self.known = overviews.refreshed(self.session, self.known, self.now)
        anew, _ = overviews.read(self.session, self.now)
        assert told(self.known[0], self.now) == told(anew, self.now)


def told(goods: Overview, now: datetime) -> dict[str, object]:
    """All that an overview tells. How well goods stand may be some minutes old."""
    every = goods.everything
    articles = {each.product_id: each for each in goods.shelves.among(every)}
    marks = {
        (group, mark): sorted(
            (plane, article.product_id)
            for plane, each in (variants.planes or {-1: variants.articles}).items()
            for article in goods.shelves.among(each)
        )
        for group, having in goods.shelves.marks.items()
        for mark, variants in having.items()
    }
    return {
        "articles": articles,
        "marks": marks,
        "orders": {order: goods.listed(every, order) for order in Order if order is not Order.RELEVANCE},
        "words": [(word, goods.words.count(word), goods.words.shown(word)) for word in goods.words],
        "completed": [goods.words.complete(start) for start in ("", "j", "kn", "leinen")],
        "begun": [sorted(goods.articles(text, 99)) for text in ("j", "kn ho", "8", "garn no")],
        "names": goods.names,
        "filters": filters.narrow(filter_facts.goods(goods, every, with_categories=True), {}).filters,
        "below": {each: bits.places(goods.below(each)) == [] for each in goods.names.categories},
        "sold out": {each for each in articles if goods.is_sold_out(each)},
        "changes": goods.changes_at is None or goods.changes_at > now,
    }


def test_an_overview_brought_up_to_date_is_the_one_made_anew(session: Session) -> None:
    machine = type("Haberdashery", (Haberdashery,), {"session": session})
    run_state_machine_as_test(
        machine, settings=hypothesis_settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
    )
