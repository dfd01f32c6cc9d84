"""Somebody who did everything: handed out in full, and after her erasure found nowhere but in the locked archive."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from checkout.gift_sales import OrderGift
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order, OrderEvent
from checkout.vouchers import VoucherUse
from shop.db import Database
from shop.personal import archive, deeds, erasure, export, holdings, identity
from shop.personal.erasure import NotYet
from tests.make import NOW
from tests.shop.personal.whoever import KEY, MADE_BY_LOCKING, Traces, furnish, texts

NAMES = {str(held.table.__tablename__) for held in holdings.ALL} - MADE_BY_LOCKING
KEPT = {str(held.table.__tablename__) for held in holdings.ALL if held.kept is not None}


@pytest.fixture
def written(either_database: Database) -> Iterator[Session]:
    """A shop with fabric, on either database."""
    with either_database.write_session() as session:
        furnish(session)
        yield session
        session.rollback()


def _two(session: Session) -> tuple[Traces, Traces]:
    hers = Traces(session, "Wilma Zwirnsdorff", "wilma@zwirn.example", "030 5557771", "Nadelgasse 17")
    return hers, Traces(session, "Ottokar Bandmann", "ottokar@band.example", "040 4443332", "Bortenweg 4")


def test_f05_everything_of_hers_is_found_and_nothing_of_anybody_else(written: Session) -> None:
    hers, his = _two(written)
    person = identity.find(written, hers.email.upper(), KEY)
    found = export.collect(written, person)
    assert set(export.counts(found)) == NAMES
    told = export.as_json(person, found, shop_name="Laden", made_at=NOW)
    assert json.loads(told)["format"] == "dorfladen-person/1"
    words = export.as_markdown(found, [], made_at=NOW)
    for text in (told, words.replace("\\", "")):
        assert all(mark in text for mark in hers.marks)
        assert not any(mark in text for mark in his.marks)
    assert "## Bestellungen" in words


@pytest.mark.parametrize("word", ["number", "phone"])
def test_f05_she_is_found_by_order_and_telephone_as_well(session: Session, word: str) -> None:
    furnish(session)
    hers, _ = _two(session)
    person = identity.find(session, getattr(hers, word).replace("030", "+49 (0) 30"), KEY)
    assert set(export.counts(export.collect(session, person))) == NAMES
    assert not identity.find(session, "niemand@nirgends.example", KEY).is_known
    assert not identity.find(session, "", KEY).is_known


def test_f06_after_her_erasure_she_stands_only_in_the_locked_archive(written: Session) -> None:
    hers, his = _two(written)
    before = [(table, text) for table, text in texts(written) if any(mark in text for mark in his.marks)]
    erased = erasure.erase(written, identity.find(written, hers.email, KEY), KEY, now=NOW, author="Anna")
    written.expire_all()
    left = {table for table, text in texts(written) for mark in hers.marks if mark in text}
    assert left <= KEPT, f"still to be found in {left - KEPT}"
    assert "order" in left, "what the law wants kept is kept"
    assert {"trustedbuyer", "checkoutdetails", "cart", "stripeevent", "searchmiss"}.isdisjoint(left)
    assert _names_on_vouchers(written).isdisjoint(hers.marks)
    assert [(table, text) for table, text in texts(written) if any(mark in text for mark in his.marks)] == before
    assert erased.locked["Bestellungen"] == 1
    assert erased.gone["Kauf auf Rechnung"] == 1
    assert archive.is_locked(written, hers.made["order"].id)
    assert not archive.is_locked(written, his.made["order"].id)
    assert [deed.kind for deed in deeds.about(written, hers.email, KEY)] == [deeds.ERASURE]


def _names_on_vouchers(session: Session) -> set[str | None]:
    """What vouchers say of persons, and what shoppers remarked freely."""
    columns = (
        GiftVoucher.for_whom,
        GiftVoucher.note,
        OrderGift.for_whom,
        VoucherUse.person,
        VoucherUse.once,
        Order.note,
    )
    return {text for column in columns for text in session.exec(select(column)).all()}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "paid"}, "noch nicht abgeschlossen"),
        ({"attention": "Bitte klären"}, "Entscheidung"),
        ({"total_cents": 500}, "noch nicht bezahlt"),
        ({"paid_cents": 500}, "Geld zurückzuzahlen"),
    ],
)
def test_what_is_not_finished_cannot_be_forgotten(session: Session, change: dict[str, object], sentence: str) -> None:
    furnish(session)
    hers, _ = _two(session)
    for name, value in change.items():
        setattr(hers.made["order"], name, value)
    session.flush()
    person = identity.find(session, hers.email, KEY)
    with pytest.raises(NotYet, match=sentence):
        erasure.erase(session, person, KEY, now=NOW, author="Anna")
    assert not archive.is_locked(session, hers.made["order"].id)


def test_a_fresh_parcel_may_still_be_withdrawn(session: Session) -> None:
    furnish(session)
    hers, _ = _two(session)
    hers.made["shipment"].shipped_at = NOW - timedelta(days=3)
    session.flush()
    assert any(
        "noch widerrufen" in each for each in erasure.why_not(session, identity.find(session, hers.email, KEY), NOW)
    )


def test_f06_old_orders_leave_daily_work_by_themselves(session: Session) -> None:
    furnish(session)
    hers, his = _two(session)
    old = NOW - timedelta(days=4 * 366)
    hers.made["order"].placed_at = old
    for event in session.exec(select(OrderEvent).where(OrderEvent.order_id == hers.made["order"].id)).all():
        event.happened_at = old
    session.flush()
    assert erasure.archive_old(session, NOW) == 1
    assert archive.is_locked(session, hers.made["order"].id)
    assert not archive.is_locked(session, his.made["order"].id)
    assert erasure.archive_old(session, NOW) == 0
    assert session.exec(select(Order.name).where(archive.is_in_sight(Order))).all() == [his.name]
