"""Shipping: the owner's table decides, and says why where nothing fits."""

import pytest
from sqlmodel import Session

from checkout import shipping
from checkout.shipping import PICKUP, Parcel, ShippingRate


@pytest.fixture(autouse=True)
def table(session: Session) -> None:
    session.add_all([
        ShippingRate(name="Brief", country="DE", max_weight_g=500, price_cents=290, position=0),
        ShippingRate(
            name="Paket", country="DE", max_weight_g=5_000, price_cents=490, position=1, free_from_cents=8_000
        ),
        ShippingRate(name="Paket", country="DE", max_weight_g=20_000, price_cents=990, position=2),
        ShippingRate(name="Paket", country="AT", price_cents=1_490, position=3),
    ])  # fmt: skip
    session.flush()


def quoted(session: Session, weight_g: int, goods_cents: int = 2_000, country: str = "DE") -> list[tuple[str, int]]:
    found = shipping.quotes(session, Parcel(country, weight_g, goods_cents))
    return [(quote.key, quote.cents) for quote in found]


@pytest.mark.parametrize(
    ("weight_g", "goods_cents", "expected"),
    [
        (500, 2_000, [("Brief", 290), ("Paket", 490)]),
        (501, 2_000, [("Paket", 490)]),
        (5_001, 2_000, [("Paket", 990)]),
        (5_000, 8_000, [("Paket", 0)]),
        (5_000, 7_999, [("Paket", 490)]),
        (20_001, 2_000, []),
    ],
)
def test_the_tier_that_carries_it_is_offered(
    session: Session, weight_g: int, goods_cents: int, expected: list[tuple[str, int]]
) -> None:
    assert quoted(session, weight_g, goods_cents) == expected


def test_the_cheapest_may_be_another_than_the_first(session: Session) -> None:
    cheapest = shipping.cheapest(session, Parcel("DE", 100, 9_000))
    assert cheapest is not None
    assert (cheapest.name, cheapest.cents) == ("Paket", 0)
    assert shipping.cheapest(session, Parcel("DE", 99_999, 0)) is None


def test_a_choice_survives_a_heavier_cart(session: Session) -> None:
    for weight_g, cents in ((1_000, 490), (6_000, 990)):
        chosen = shipping.chosen(session, "Paket", Parcel("DE", weight_g, 0))
        assert chosen is not None
        assert chosen.cents == cents
    assert shipping.chosen(session, "Brief", Parcel("DE", 6_000, 0)) is None


def test_pickup_is_always_free(session: Session) -> None:
    chosen = shipping.chosen(session, PICKUP, Parcel("FR", 99_999, 0))
    assert chosen is not None
    assert chosen.is_pickup
    assert chosen.cents == 0


def test_where_nothing_fits_a_sentence_says_why(session: Session) -> None:
    assert "In dieses Land" in shipping.why_none_fits(session, Parcel("FR", 1, 0))
    assert "zu schwer" in shipping.why_none_fits(session, Parcel("DE", 20_001, 0))
    assert shipping.why_none_fits(session, Parcel("AT", 99_999, 0)) == ""


@pytest.fixture
def letter_post(session: Session) -> None:
    session.add(ShippingRate(name="Musterbrief", country="DE", max_weight_g=50, price_cents=110, for_samples=True))
    session.flush()


@pytest.mark.usefixtures("letter_post")
def test_samples_go_by_letter_and_nothing_else_does(session: Session) -> None:
    samples = shipping.quotes(session, Parcel("DE", 25, 150, is_samples=True))
    assert [(quote.key, quote.cents) for quote in samples] == [("Musterbrief", 110)]
    assert "Musterbrief" not in dict(quoted(session, 25, 150))


@pytest.mark.usefixtures("letter_post")
def test_samples_go_like_other_goods_where_no_letter_takes_them(session: Session) -> None:
    assert [quote.key for quote in shipping.quotes(session, Parcel("AT", 25, 150, is_samples=True))] == ["Paket"]
    too_heavy = shipping.quotes(session, Parcel("DE", 51, 150, is_samples=True))
    assert [quote.key for quote in too_heavy] == ["Brief", "Paket"]


def test_a_letter_for_samples_brings_no_parcel_into_a_country(session: Session) -> None:
    session.add(ShippingRate(name="Musterbrief", country="CH", max_weight_g=50, price_cents=210, for_samples=True))
    session.flush()
    assert "In dieses Land" in shipping.why_none_fits(session, Parcel("CH", 5, 2_000))
    assert shipping.why_none_fits(session, Parcel("CH", 5, 50, is_samples=True)) == ""
