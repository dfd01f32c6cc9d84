"""What is left of a roll becomes an article of its own, once, and never while somebody buys of it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from catalog import attributes, categories, fibres, holds, images, prices, products, remnants, rolls, stock
from catalog.holds import Wanted
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.remnants import NotARemnant, Remnant
from catalog.rolls import Roll
from catalog.stock import StockMovement, Why
from catalog.units import Unit
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant


def roll_of(session: Session, variant: Variant) -> Roll:
    """The one open roll of a variant."""
    assert variant.id is not None
    (roll,) = rolls.of(session, [variant.id])[variant.id]
    return roll


def make(session: Session, variant: Variant, *, percent: int = 20, publish: bool = False) -> Product:
    return remnants.make(session, roll_of(session, variant), percent=percent, now=NOW, author="test", publish=publish)


def piece_of(session: Session, product: Product) -> Variant:
    return session.exec(select(Variant).where(Variant.product_id == product.id)).one()


def test_only_what_is_too_short_and_free_is_proposed(session: Session) -> None:
    short, long, held, kept = (make_fabric(session, on_hand=length) for length in (40, 50, 40, 40))
    holds.hold(session, "A", [Wanted(held.id or 0, 20)], now=NOW)
    remnants.keep(session, roll_of(session, kept))
    mine = {short.id, long.id, held.id, kept.id}
    assert [each.variant.id for each in remnants.proposals(session) if each.variant.id in mine] == [short.id]


def test_the_owner_says_from_which_length_on_a_rest_is_a_remnant(session: Session) -> None:
    fabric = make_fabric(session, on_hand=90)
    product = session.get_one(Product, fabric.product_id)
    product.remnant_below = 100
    session.flush()
    assert [each.roll for each in remnants.proposals(session) if each.variant.id == fabric.id]
    product.remnant_below, fabric.minimum = 0, 20
    session.flush()
    assert not [each for each in remnants.proposals(session) if each.variant.id == fabric.id]


def test_yarn_and_goods_by_weight_have_no_remnants(session: Session) -> None:
    yarn = make_variant(session, on_hand=0)
    roll = stock.receive(session, yarn, 1, lot="4711", now=NOW, author="test")
    assert roll is not None
    assert not [each for each in remnants.proposals(session) if each.variant.id == yarn.id]
    with pytest.raises(NotARemnant, match="Meterware"):
        remnants.make(session, roll, percent=20, now=NOW, author="test", publish=False)


def test_a_remnant_says_what_its_fabric_says(session: Session) -> None:
    product = make_ready(
        session, make_product(session, unit=Unit.LENGTH, minimum=50, step=10, kind=products.Kind.FABRIC)
    )
    assert product.id is not None
    warm = categories.add(session, name="Warme Sachen")
    products.place_in(session, product.id, [warm.id or 0], NOW)
    attributes.ensure_types(session)
    attributes.set_values(session, product.id, {"width": "140 cm"}, NOW)
    fabric = make_variant(
        session, product, price_cents=1290, on_hand=35, weight_g=220, options=[("Farbe", "Petrol", "#0f6b6e")]
    )
    own = images.attach(
        session, product.id, images.StoredPicture("1" * 64, 8, 6), alt="Petrol", now=NOW, variant_id=fabric.id
    )
    made = make(session, fabric, publish=True)
    piece = piece_of(session, made)
    assert made.name == "Reststück Jersey Waldtiere, Petrol, 0,35\xa0m"
    assert (made.unit, made.kind, made.maker_id, made.is_published) == ("piece", "fabric", product.maker_id, True)
    assert (piece.on_hand, piece.content, piece.content_unit, piece.weight_g) == (1, 35, "length", 77)
    assert (piece.cut_from_id, piece.sku) == (fabric.id, f"{fabric.sku}-R{roll_id(session, made)}")
    assert fibres.composition_of(session, [made.id or 0]) == {made.id: "100\xa0% Baumwolle"}
    assert session.exec(select(ProductCategory.category_id).where(ProductCategory.product_id == made.id)).all() == [
        warm.id
    ]
    assert session.exec(select(VariantOption.value).where(VariantOption.variant_id == piece.id)).all() == ["Petrol"]
    assert [(each.hash, each.alt) for each in images.of(session, [made.id or 0])[made.id or 0]] == [
        (own.hash, "Petrol")
    ]
    assert attributes.of(session, [made.id or 0]) == {made.id: [("Stoffbreite", "140\xa0cm")]}


def roll_id(session: Session, made: Product) -> int:
    return session.exec(select(Remnant.roll_id).where(Remnant.product_id == made.id)).one()


def test_the_roll_is_used_up_by_its_remnant(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)
    roll = roll_of(session, fabric)
    make(session, fabric)
    assert (fabric.on_hand, fabric.longest, roll.on_hand, roll.ended_at) == (0, 0, 0, NOW)
    moved = select(StockMovement).where(StockMovement.roll_id == roll.id).order_by(col(StockMovement.id).desc())
    last = session.exec(moved).first()
    assert last is not None
    assert (last.change, last.why, last.note) == (-40, Why.REMNANT, "Reststück Jersey Waldtiere, 0,40\xa0m")


def test_a_remnant_costs_less_than_from_the_roll_and_names_the_rolls_lowest_price(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40, price_cents=1290, now=NOW - timedelta(days=60))
    prices.set_regular(session, fabric, 1190, now=NOW - timedelta(days=20), author="test")
    prices.set_regular(session, fabric, 1390, now=NOW - timedelta(days=10), author="test")
    piece = piece_of(session, make(session, fabric))
    price = prices.current(session, [piece.id or 0], NOW)[piece.id or 0]
    assert (piece.price_cents, price.cents, price.reference_cents) == (556, 444, 476)


def test_a_remnant_of_a_reduced_fabric_is_cheaper_still(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40, price_cents=1000, now=NOW - timedelta(days=60))
    prices.reduce(session, fabric, 500, starts_at=NOW, ends_at=None, now=NOW, author="test")
    piece = piece_of(session, make(session, fabric))
    assert prices.current(session, [piece.id or 0], NOW)[piece.id or 0].cents == 160


def test_without_a_reduction_a_remnant_costs_what_it_costs_from_the_roll(session: Session) -> None:
    piece = piece_of(session, make(session, make_fabric(session, on_hand=40, price_cents=1290), percent=0))
    assert prices.current(session, [piece.id or 0], NOW)[piece.id or 0] == prices.CurrentPrice(516)


def test_an_incomplete_remnant_stays_a_draft(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)  # nobody knows its maker
    assert not make(session, fabric, publish=True).is_published


def test_what_is_ordered_or_gone_or_was_one_becomes_no_remnant(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)
    roll = roll_of(session, fabric)
    holds.hold(session, "A", [Wanted(fabric.id or 0, 40)], now=NOW)
    with pytest.raises(NotARemnant, match="bestellt"):
        make(session, fabric)
    holds.take(session, "A", now=NOW, author="test")
    with pytest.raises(NotARemnant, match="nichts mehr"):
        remnants.make(session, roll, percent=20, now=NOW, author="test", publish=False)
    stock.measure(session, roll, 30, now=NOW, author="test")
    make(session, fabric)
    stock.measure(session, roll, 30, now=NOW, author="test")
    with pytest.raises(NotARemnant, match="schon ein Reststück"):
        make(session, fabric)


def test_two_remnants_of_a_fabric_have_names_numbers_and_addresses_of_their_own(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)
    make_variant(session, sku=f"{fabric.sku}-R{roll_of(session, fabric).id}")  # somebody had the same idea
    first = make(session, fabric)
    stock.receive(session, fabric, 40, now=NOW, author="test")
    second = make(session, fabric)
    assert first.slug != second.slug
    assert len({piece_of(session, each).sku for each in (first, second)}) == 2


def test_by_themselves_only_fabrics_on_sale_become_remnants(session: Session) -> None:
    ready = make_ready(session, make_product(session, unit=Unit.LENGTH, minimum=50, step=10))
    on_sale = make_variant(session, ready, on_hand=40)
    draft = make_variant(session, make_product(session, unit=Unit.LENGTH, minimum=50, published=False), on_hand=40)
    made = remnants.make_all(session, percent=20, now=NOW, author="Laden")
    sources = session.exec(select(Remnant.variant_id)).all()
    assert on_sale.id in sources
    assert draft.id not in sources
    assert all(each.is_published for each in made if piece_of(session, each).cut_from_id == on_sale.id)
    assert not remnants.make_all(session, percent=20, now=NOW, author="Laden")
