from decimal import Decimal

import pytest

from catalog.exchange.wishes import NO_WISHES, Missing, Only, Wishes, from_json

ALL = Wishes(
    decimal=",",
    columns_of={"VK brutto": "Preis", "Notiz": ""},
    are_net=False,
    factor=Decimal("2.618"),
    only=Only.UPDATE,
    columns=frozenset({"price_cents", "stock"}),
    missing=Missing.DRAFT,
    stock_is_change=True,
    agreed=frozenset({"falling-prices"}),
)


@pytest.mark.parametrize("wishes", [NO_WISHES, ALL, Wishes(are_net=True)])
def test_what_is_kept_of_wishes_gives_them_back(wishes: Wishes) -> None:
    assert from_json(wishes.as_json()) == wishes


def test_of_no_wishes_nothing_is_kept() -> None:
    assert NO_WISHES.as_json() == {}
