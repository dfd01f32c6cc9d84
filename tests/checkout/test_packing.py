"""How thick goods become in an envelope: side by side, the thickest first, layer on layer."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.units import Unit
from checkout import packing


@dataclass(frozen=True)
class Goods:
    """A line as the rule sees it."""

    name: str = "Knopf"
    unit: Unit = Unit.PIECE
    total_quantity: int = 1
    weight_g: int = 2
    line_cents: int = 120
    thickness_mm: int | None = 4
    per_layer: int = 40
    is_sample: bool = False


BUTTONS = Goods(total_quantity=20)
COAT_FABRIC = Goods("Mantelstoff", Unit.LENGTH, 300, 1200, 7470, thickness_mm=22, per_layer=1)
COTTON = Goods("Baumwolle", Unit.LENGTH, 50, 80, 645, thickness_mm=6, per_layer=1)


@pytest.mark.parametrize(
    ("goods", "thickness_mm"),
    [
        ([BUTTONS], 4),
        ([Goods(total_quantity=40)], 4),
        ([Goods(total_quantity=41)], 8),
        ([COTTON], 6),
        ([COTTON, COTTON], 6),
        ([COTTON, COTTON, BUTTONS], 10),
        ([COTTON, BUTTONS], 6),
        ([COAT_FABRIC], 66),
        ([Goods(thickness_mm=30, per_layer=1), BUTTONS], 34),
    ],
)
def test_goods_lie_in_layers(goods: list[Goods], thickness_mm: int) -> None:
    assert packing.parcel(goods, "DE").thickness_mm == thickness_mm


def test_one_thing_that_nobody_measured_makes_the_whole_unknown_and_is_named() -> None:
    goods = [BUTTONS, Goods("Nähmaschinenöl", thickness_mm=None), Goods("Nähmaschinenöl", thickness_mm=None)]
    parcel = packing.parcel(goods, "DE", "12345")
    assert (parcel.thickness_mm, parcel.unmeasured, parcel.postal_code) == (None, ("Nähmaschinenöl",), "12345")


def test_a_parcel_sums_weight_and_value_and_knows_samples() -> None:
    parcel = packing.parcel([BUTTONS, COTTON], "AT")
    assert (parcel.country, parcel.weight_g, parcel.goods_cents, parcel.is_samples) == ("AT", 82, 765, False)
    assert packing.parcel([Goods(is_sample=True)], "DE").is_samples
    assert not packing.parcel([], "DE").is_samples


lying = st.lists(
    st.tuples(st.integers(1, 60), st.builds(Fraction, st.integers(1, 300), st.integers(1, 50))), max_size=6
)


@given(lying, lying)
def test_more_goods_never_make_it_thinner(some: list[packing.Lying], more: list[packing.Lying]) -> None:
    assert packing.thickness_mm([*some, *more]) >= packing.thickness_mm(some)
    assert packing.thickness_mm([*some, *more]) <= packing.thickness_mm(some) + packing.thickness_mm(more)


@given(lying)
def test_it_is_at_least_as_thick_as_its_room_and_as_its_thickest(some: list[packing.Lying]) -> None:
    thick = packing.thickness_mm(some)
    assert thick >= max((each for each, _ in some), default=0)
    assert thick >= sum(each * room for each, room in some)
    layers = -(-sum(room for _, room in some) // 1)
    assert thick <= layers * max((each for each, _ in some), default=0)
