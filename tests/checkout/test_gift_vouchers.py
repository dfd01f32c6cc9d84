"""Gift vouchers: a ledger whose balance always equals its sum, redeemed once whoever else tries."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from checkout import gift_vouchers
from checkout.gift_vouchers import GiftMovement, GiftVoucher, NotRedeemable, NotThatMuch, Why
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_order
from tests.checkout.vouchering import make_gift
from tests.make import NOW


def redeem(session: Session, gift: GiftVoucher, cents: int, order_id: int, now: datetime = NOW) -> None:
    gift_vouchers.redeem(session, id_of(gift), cents, order_id=order_id, now=now, author="test")
    session.refresh(gift)


def test_a_voucher_is_used_in_parts(session: Session) -> None:
    gift, order_id = make_gift(session, 2500), id_of(make_order(session))
    redeem(session, gift, 1000, order_id)
    redeem(session, gift, 1500, order_id)
    assert gift.balance_cents == 0
    assert [each.cents for each in gift_vouchers.movements_of(session, gift)] == [2500, -1000, -1500]


def test_no_more_is_taken_than_is_there(session: Session) -> None:
    gift, order_id = make_gift(session, 2500), id_of(make_order(session))
    with pytest.raises(NotRedeemable):
        redeem(session, gift, 2501, order_id)


def test_a_blocked_one_is_not_taken(session: Session) -> None:
    gift, order_id = make_gift(session), id_of(make_order(session))
    gift_vouchers.block(session, gift, now=NOW, author="Ladnerin")
    with pytest.raises(NotRedeemable):
        redeem(session, gift, 100, order_id)
    gift_vouchers.unblock(session, gift)
    redeem(session, gift, 100, order_id)


@pytest.mark.parametrize(
    ("issued", "until"),
    [
        (datetime(2026, 1, 1, 9, tzinfo=UTC), date(2029, 12, 31)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2029, 12, 31)),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), date(2030, 12, 31)),
    ],
)
def test_e15_it_lapses_three_years_from_the_end_of_its_german_year(issued: datetime, until: date) -> None:
    assert gift_vouchers.last_day(issued) == until


def test_e15_it_is_taken_on_its_last_day_and_not_after(session: Session) -> None:
    gift, order_id = make_gift(session), id_of(make_order(session))
    redeem(session, gift, 100, order_id, datetime(2029, 12, 31, 22, 59, tzinfo=UTC))
    with pytest.raises(NotRedeemable):
        redeem(session, gift, 100, order_id, datetime(2029, 12, 31, 23, 1, tzinfo=UTC))


def test_the_one_that_lapses_first_is_used_up_first(session: Session) -> None:
    new, old = make_gift(session, 2000), make_gift(session, 2000, now=NOW - timedelta(days=400))
    assert gift_vouchers.spread([new, old], 2500) == {id_of(old): 2000, id_of(new): 500}


def test_nobody_issues_too_much(session: Session) -> None:
    with pytest.raises(NotThatMuch):
        make_gift(session, gift_vouchers.MOST_CENTS + 1)


@settings(deadline=None)  # each example makes an order
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3000)), max_size=12))
def test_the_balance_is_the_sum_of_its_movements(shared_database: Database, steps: list[tuple[bool, int]]) -> None:
    with shared_database.write_session() as session:
        gift, order_id, redeemed = make_gift(session, 2500), id_of(make_order(session)), 0
        for is_taken, cents in steps:
            if is_taken:
                with suppress(NotRedeemable):
                    redeem(session, gift, cents, order_id)
                    redeemed += cents
            elif part := min(cents, redeemed):
                gift_vouchers.put_back(
                    session, id_of(gift), part, why=Why.GIVEN_BACK, order_id=order_id, now=NOW, author="test"
                )
                redeemed -= part
        session.refresh(gift)
        moved = session.exec(select(func.sum(GiftMovement.cents)).where(GiftMovement.gift_id == gift.id)).one()
        assert gift.balance_cents == moved == 2500 - redeemed
        session.rollback()


def test_two_shoppers_share_no_cent(either_database: Database) -> None:
    with either_database.writing() as session:
        gift_id, order_id = id_of(make_gift(session, 2500)), id_of(make_order(session))
    won: list[int] = []

    def pay(which: int) -> None:
        with suppress(NotRedeemable), either_database.writing() as session:
            gift_vouchers.redeem(session, gift_id, 1500, order_id=order_id, now=NOW, author="test")
            won.append(which)

    in_threads(4, pay)
    assert len(won) == 1
    with either_database.reading() as session:
        assert session.get_one(GiftVoucher, gift_id).balance_cents == 1000
