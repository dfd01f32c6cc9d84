"""Writing the table of shipping: a way to send with all its tiers, in the owner's order."""

import pytest
from sqlmodel import Session, select

from checkout import rate_table, rates
from checkout.rate_table import NotAName
from checkout.rates import ShippingMethod, ShippingRate, ShippingSurcharge
from shop.db import Database


def way(name: str, *cents: int) -> tuple[ShippingMethod, list[ShippingRate]]:
    return ShippingMethod(name=name), [ShippingRate(name="", country="DE", price_cents=each) for each in cents]


def prices(session: Session) -> list[tuple[str, int]]:
    return [(rate.name, rate.price_cents) for rate in rates.load(session).rates]


def test_a_way_is_written_changed_and_renamed_on_either_database(either_database: Database) -> None:
    with either_database.writing() as session:
        rate_table.put(session, "", *way("Brief", 110, 180))
        rate_table.put(session, "", *way("Paket", 619))
        session.add(ShippingSurcharge(label="Insel", country="DE", codes="18565", cents=300, method="Paket"))
    with either_database.writing() as session:
        rate_table.put(session, "Brief", *way("Brief", 120))
        rate_table.put(session, "Paket", *way("DHL Paket", 619, 769))
    with either_database.reading() as session:
        assert prices(session) == [("Brief", 120), ("DHL Paket", 619), ("DHL Paket", 769)]
        assert session.exec(select(ShippingSurcharge.method)).one() == "DHL Paket"
        assert rates.load(session).names() == ["Brief", "DHL Paket"]


def test_rates_of_an_older_shop_keep_their_order_while_one_is_edited(session: Session) -> None:
    for place, (name, cents) in enumerate((("Brief", 290), ("Paket", 490), ("Paket", 990), ("Botin", 200))):
        session.add(ShippingRate(name=name, country="DE", price_cents=cents, position=place))
    session.flush()
    rate_table.put(session, "Paket", *way("Paket", 500, 1000))
    assert prices(session) == [("Brief", 290), ("Paket", 500), ("Paket", 1000), ("Botin", 200)]
    assert rates.load(session).names() == ["Brief", "Paket", "Botin"]


def test_a_way_moves_up_and_the_first_stays(session: Session) -> None:
    for name in ("Brief", "Paket", "Botin"):
        rate_table.put(session, "", *way(name, 100, 200))
    rate_table.move_up(session, "Botin")
    assert rates.load(session).names() == ["Brief", "Botin", "Paket"]
    rate_table.move_up(session, "Brief")
    rate_table.move_up(session, "Rohrpost")
    assert rates.load(session).names() == ["Brief", "Botin", "Paket"]


def test_a_name_is_never_taken_twice_and_never_means_pickup(session: Session) -> None:
    rate_table.put(session, "", *way("Brief", 100))
    rate_table.put(session, "", *way("Paket", 100))
    for before, name in (("", "Brief"), ("Paket", "Brief"), ("", "pickup"), ("", "Abholung im Laden")):
        with pytest.raises(NotAName):
            rate_table.put(session, before, *way(name, 100))


def test_a_removed_way_takes_its_own_surcharges_with_it(session: Session) -> None:
    rate_table.put(session, "", *way("Paket", 100))
    session.add_all([
        ShippingSurcharge(label="Insel", country="DE", codes="18565", cents=300, method="Paket"),
        ShippingSurcharge(label="Insel", country="DE", codes="27498"),
    ])  # fmt: skip
    session.flush()
    rate_table.remove(session, "Paket")
    assert prices(session) == []
    assert [each.codes for each in session.exec(select(ShippingSurcharge)).all()] == ["27498"]
