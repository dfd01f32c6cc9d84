"""What stands at a price: the shown unit, the Grundpreis, steps, the maker's recommendation."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import attributes, offers, prices
from catalog.base_price import BasePrice
from catalog.offers import Offer, StepOffer, offer_of
from catalog.prices import CurrentPrice, Step
from catalog.units import Unit
from tests.make import NOW, make_product

M, KG, M2 = "1\u00a0m", "1\u00a0kg", "1\u00a0m²"


def offer(price: CurrentPrice | int, unit: Unit, **facts: Any) -> Offer:
    about = {name: facts.pop(name) for name in ("steps", "width_cm", "is_from") if name in facts}
    row = {"content": None, "content_unit": None, "shown_per": None, "rrp_cents": None, "rrp_since": None} | facts
    given_price = CurrentPrice(price) if isinstance(price, int) else price
    return offer_of(cast("Any", SimpleNamespace(**row)), given_price, unit, **about)


@pytest.mark.parametrize(("goods", "price", "unit", "shown_per", "shown", "name", "base"), [
    ("fabric per metre is its own base price", 1290, Unit.LENGTH, None, 1290, "m", None),
    ("fabric per metre, said so", 1290, Unit.LENGTH, 100, 1290, "m", None),
    ("price quoted per 0.5 m: also €/m", 1290, Unit.LENGTH, 50, 645, "0,5\u00a0m", BasePrice(1290, M)),
    ("price quoted per 10 cm: also €/m", 1290, Unit.LENGTH, 10, 129, "10\u00a0cm", BasePrice(1290, M)),
    ("loose goods per 100 g: also €/kg", 1290, Unit.WEIGHT, 100, 129, "100\u00a0g", BasePrice(1290, KG)),
    ("so cheap that 10 cm would be 0,00 €: per metre", 4, Unit.LENGTH, 10, 4, "m", None),
    ("loose goods per kg", 1290, Unit.WEIGHT, None, 1290, "kg", None),
    ("felt by the square metre", 1290, Unit.AREA, None, 1290, "m²", None),
    ("felt per quarter: also €/m²", 1290, Unit.AREA, 2500, 323, "0,25\u00a0m²", BasePrice(1290, M2)),
])  # fmt: skip
def test_the_price_is_shown_as_the_owner_likes_with_its_base_price(
    goods: str, price: int, unit: Unit, shown_per: int | None, shown: int, name: str, base: BasePrice | None
) -> None:
    made = offer(price, unit, shown_per=shown_per)
    assert (made.cents, made.unit_name, made.base) == (shown, name, base), goods


def test_goods_by_the_piece_are_shown_by_the_piece() -> None:
    made = offer(495, Unit.PIECE, shown_per=10, content=50, content_unit="weight")
    assert (made.cents, made.unit_name, made.price_unit, made.base) == (495, "", "", BasePrice(9900, KG))


@pytest.mark.parametrize(("content", "unit"), [(100, "length"), (10_000, "length"), (1000, "weight"), (10_000, "area")])
def test_a_base_price_that_is_the_price_is_not_repeated(content: int, unit: str) -> None:
    """§ 4 Abs. 1 S. 2 PAngV."""
    assert offer(495, Unit.PIECE, content=content, content_unit=unit).base is None


def test_the_reference_is_a_base_price_in_its_legal_unit() -> None:
    made = offer(CurrentPrice(1000, 1290), Unit.LENGTH, shown_per=50)
    assert (made.cents, made.unit_name) == (500, "0,5\u00a0m")
    assert (made.reference_cents, made.price_unit, made.percent_off) == (1290, "m", 22)


def test_a_reduction_recomputes_the_base_price() -> None:
    made = offer(CurrentPrice(300, 495), Unit.PIECE, content=50, content_unit="weight")
    assert made.base == BasePrice(6000, KG)


def test_steps_carry_their_base_price_and_those_that_save_nothing_are_left_out() -> None:
    made = offer(440, Unit.PIECE, content=50, content_unit="weight", steps=(Step(10, 450), Step(50, 400)))
    assert made.steps == (StepOffer("50\u00a0Stück", 400, BasePrice(8000, KG)),)
    by_length = offer(1290, Unit.LENGTH, shown_per=50, steps=(Step(100, 1190), Step(550, 1090)))
    assert by_length.steps == (
        StepOffer("1\u00a0m", 595, BasePrice(1190, M)), StepOffer("5,5\u00a0m", 545, BasePrice(1090, M)),
    )  # fmt: skip


@pytest.mark.parametrize(("price", "rrp", "shown"), [(1290, 1490, 745), (1290, 1290, None), (1290, 990, None)])
def test_a_recommended_price_stands_only_above_the_price(price: int, rrp: int, shown: int | None) -> None:
    made = offer(price, Unit.LENGTH, shown_per=50, rrp_cents=rrp, rrp_since=NOW)
    assert made.rrp_cents == shown
    assert made.rrp_since == (NOW if shown else None)


def test_wide_goods_know_their_price_per_square_metre(session: Session) -> None:
    attributes.ensure_types(session)
    fabric, ribbon = make_product(session, "Cord", unit=Unit.LENGTH), make_product(session, "Band", unit=Unit.LENGTH)
    attributes.set_values(session, fabric.id or 0, {"width": "150"}, NOW)
    found = offers.widths(session, [fabric.id or 0, ribbon.id or 0])
    assert found == {fabric.id: 150}
    assert offer(1290, Unit.LENGTH, width_cm=found[fabric.id or 0]).square_metre == BasePrice(860, M2)
    assert offer(1290, Unit.LENGTH).square_metre is None
    assert offer(1290, Unit.PIECE, width_cm=found[fabric.id or 0]).square_metre is None


@given(st.integers(1, 10**5), st.integers(1, 500), st.sampled_from([Unit.LENGTH, Unit.WEIGHT, Unit.AREA]))
def test_a_legal_unit_always_stands_at_the_price(cents: int, shown_per: int, unit: Unit) -> None:
    made = offer(cents, unit, shown_per=shown_per)
    legal = (cents, made.price_unit)
    assert legal in {(made.cents, made.unit_name), *([(made.base.cents, made.base.per[2:])] if made.base else [])}


def test_a_step_is_no_reduction_at_the_price() -> None:
    charged = prices.for_quantity(CurrentPrice(450, 495), [Step(10, 400)], 10)
    assert offer(charged, Unit.PIECE).reference_cents is None
