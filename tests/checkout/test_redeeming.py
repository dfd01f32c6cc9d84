"""Codes in a cart: refused with one sentence, used up once with the order, given back when it ends."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from catalog.refusals import Refusal
from checkout import cart as carts
from checkout import contents, fulfilment, gift_vouchers, orders, redeeming, refunds
from checkout.cart import Cart
from checkout.gift_vouchers import GiftMovement, GiftVoucher
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.placing import CartChanged, PriceChanged
from checkout.redeeming import CartCode, CodeGone, TooManyCodes, UnknownCode
from checkout.vouchers import Voucher, VoucherUse
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, place, tell
from tests.checkout.vouchering import make_gift, make_voucher
from tests.make import NOW, make_variant

LATER = NOW + timedelta(days=12)


def basket_with(session: Session, *codes: str, price_cents: int = 2000, on_hand: int = 10) -> Cart:
    """A cart with one article, and codes typed into it."""
    basket = make_cart(session, (make_variant(session, price_cents=price_cents, on_hand=on_hand), 1, 1))
    for code in codes:
        redeeming.enter(session, basket, code, NOW)
    return basket


def mark_paid(session: Session, order: Order, cents: int) -> None:
    fulfilment.mark_paid(
        session, order, cents=cents, reference=f"bank {cents}", method="transfer", now=LATER, author="test"
    )


@pytest.mark.parametrize(
    "facts", [{"blocked_at": NOW}, {"most_uses": 1, "uses": 1}, {"valid_until": date(2026, 11, 1)}, None]
)
def test_one_sentence_for_all_that_does_not_hold(session: Session, facts: dict[str, object] | None) -> None:
    if facts is not None:
        make_voucher(session, "SOMMER10", **facts)
    with pytest.raises(UnknownCode) as refused:
        redeeming.enter(session, basket_with(session), "SOMMER10", NOW)
    assert refused.value.sentence == redeeming.UNKNOWN


def test_a_blocked_or_empty_gift_voucher_is_as_unknown_as_any(session: Session) -> None:
    blocked, empty = make_gift(session), make_gift(session, 500)
    gift_vouchers.block(session, blocked, now=NOW, author="test")
    gift_vouchers.redeem(session, id_of(empty), 500, order_id=None, now=NOW, author="test")
    for gift in (blocked, empty):
        with pytest.raises(UnknownCode):
            redeeming.enter(session, basket_with(session), gift.code, NOW)


def test_a_code_typed_twice_stands_once(session: Session) -> None:
    make_voucher(session)
    basket = basket_with(session, "sommer10", " SOMMER-10")
    assert len(session.exec(select(CartCode).where(CartCode.cart_id == basket.id)).all()) == 1


def test_a_code_makes_a_page_of_the_old_cart_worthless(session: Session) -> None:
    make_voucher(session)
    basket = basket_with(session)
    before = basket.checkout_key
    redeeming.enter(session, basket, "SOMMER10", NOW)
    assert basket.checkout_key != before
    with pytest.raises(CartChanged):
        place(session, basket, checkout_key=before)


def test_a_cart_holds_so_many_codes(session: Session) -> None:
    basket = basket_with(session, *(make_gift(session, 100).code for _ in range(10)))
    with pytest.raises(TooManyCodes):
        redeeming.enter(session, basket, make_gift(session).code, NOW)


def test_a_code_of_another_cart_stays(session: Session) -> None:
    make_voucher(session)
    mine, other = basket_with(session, "SOMMER10"), basket_with(session)
    code_id = id_of(session.exec(select(CartCode).where(CartCode.cart_id == mine.id)).one())
    redeeming.remove(session, other, code_id, NOW)
    assert session.get(CartCode, code_id) is not None
    redeeming.remove(session, mine, code_id, NOW)
    assert session.get(CartCode, code_id) is None


def test_an_order_takes_the_discount_and_the_use_with_it(session: Session) -> None:
    voucher = make_voucher(session, most_uses=1)
    order = place(session, basket_with(session, "SOMMER10"))
    assert (order.goods_cents, order.discount_cents, order.total_cents) == (2000, 200, 2290)
    assert sum(share["gross_cents"] for share in order.vat) == order.total_cents
    assert orders.lines_of(session, order)[0].discount_cents == 200
    session.refresh(voucher)
    assert voucher.uses == 1
    assert [each.name for each in redeeming.used_with(session, order)] == ["Gutschein SOMMER10"]


def test_the_next_cart_begins_without_codes(session: Session) -> None:
    make_voucher(session)
    basket = basket_with(session, "SOMMER10")
    place(session, basket)
    assert not session.exec(select(CartCode).where(CartCode.cart_id == basket.id)).all()


def test_once_per_person_however_she_writes_her_address(session: Session) -> None:
    make_voucher(session, once_per_person=True)
    place(session, basket_with(session, "SOMMER10"))
    basket = basket_with(session, "SOMMER10")
    details = tell(session, basket, email="ERIKA+neu@kundin.example")
    items, codes = redeeming.discounted(
        session, basket, contents.of(session, basket, NOW), email=details.email, now=NOW
    )
    assert items[0].discount_cents == 0
    assert "E-Mail-Adresse" in codes[0].problem


def test_a_cancelled_order_gives_the_use_back(session: Session) -> None:
    voucher = make_voucher(session, most_uses=1, once_per_person=True)
    order = place(session, basket_with(session, "SOMMER10"))
    fulfilment.cancel(session, order, reason="", now=NOW, author="test")
    session.refresh(voucher)
    assert voucher.uses == 0
    assert place(session, basket_with(session, "SOMMER10")).discount_cents == 200


def test_an_expired_order_that_is_paid_after_all_uses_it_again(session: Session) -> None:
    voucher = make_voucher(session, most_uses=1)
    order = place(session, basket_with(session, "SOMMER10"))
    fulfilment.expire(session, order, now=LATER)
    mark_paid(session, order, order.total_cents)
    session.refresh(voucher)
    assert (order.state, voucher.uses, order.attention) == (State.PAID, 1, "")


def test_a_late_payment_whose_voucher_is_gone_calls_for_attention(session: Session) -> None:
    make_voucher(session, most_uses=1)
    order = place(session, basket_with(session, "SOMMER10"))
    fulfilment.expire(session, order, now=LATER)
    place(session, basket_with(session, "SOMMER10"))
    mark_paid(session, order, order.total_cents)
    assert order.state == State.PAID
    assert "Gutschein" in order.attention


def test_a_gift_voucher_pays_a_part(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    assert (order.state, order.total_cents, order.paid_cents, order.open_cents) == (
        "awaiting_payment",
        2490,
        1000,
        1490,
    )
    assert [each.name for each in redeeming.used_with(session, order)] == [f"Geschenkgutschein {gift.code[-4:]}"]
    mark_paid(session, order, 1490)
    assert order.state == State.PAID


def test_gift_vouchers_that_pay_everything_leave_nothing_to_pay(session: Session) -> None:
    small, large = make_gift(session, 1000), make_gift(session, 5000)
    order = place(session, basket_with(session, large.code, small.code))
    session.refresh(large)
    assert (order.state, order.open_cents, large.balance_cents) == (State.PAID, 0, 3510)
    letters = session.exec(select(Letter.kind).where(Letter.reason == f"order:{order.id}")).all()
    assert set(letters) == {"order_received", "order_for_owner"}


def test_discount_first_then_the_gift_voucher_pays(session: Session) -> None:
    make_voucher(session)
    gift = make_gift(session, 10_000)
    order = place(session, basket_with(session, gift.code, "SOMMER10"))
    session.refresh(gift)
    assert (order.total_cents, order.paid_cents, gift.balance_cents) == (2290, 2290, 7710)


def test_an_expired_order_puts_the_money_back(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    fulfilment.expire(session, order, now=LATER)
    session.refresh(gift)
    assert (gift.balance_cents, order.held_cents, order.attention) == (1000, 0, "")
    assert [each.state for each in refunds.of(session, order)] == ["done"]


def test_the_rest_of_an_expired_order_pays_it_with_the_voucher(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    fulfilment.expire(session, order, now=LATER)
    mark_paid(session, order, 1490)
    session.refresh(gift)
    assert (order.state, order.held_cents, gift.balance_cents, order.attention) == (State.PAID, 2490, 0, "")


def test_a_late_rest_whose_voucher_was_used_elsewhere_holds_nothing(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    fulfilment.expire(session, order, now=LATER)
    place(session, basket_with(session, gift.code))
    mark_paid(session, order, 1490)
    assert order.state == State.EXPIRED
    assert "Geschenkgutschein" in order.attention


def test_a_cancelled_order_gives_each_its_own_back(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    mark_paid(session, order, 1490)
    fulfilment.cancel(session, order, reason="", now=LATER, author="test")
    session.refresh(gift)
    assert gift.balance_cents == 1000
    assert {(each.method, each.cents, each.state) for each in refunds.of(session, order)} == {
        ("transfer", 1490, "owed"), ("voucher", 1000, "done"),
    }  # fmt: skip


def test_of_a_part_the_money_goes_back_before_the_voucher(session: Session) -> None:
    gift = make_gift(session, 1000)
    order = place(session, basket_with(session, gift.code))
    mark_paid(session, order, 1490)
    refunds.owe(session, order, 1500, reason="Stoff zu kurz", now=LATER, author="test")
    session.refresh(gift)
    assert gift.balance_cents == 10
    assert [(each.method, each.cents) for each in refunds.of(session, order)] == [("transfer", 1490), ("voucher", 10)]


def test_a_balance_that_has_changed_is_shown_and_asked_again(session: Session) -> None:
    gift = make_gift(session, 1000)
    basket = basket_with(session, gift.code)
    gift_vouchers.redeem(session, id_of(gift), 400, order_id=None, now=NOW, author="test")
    with pytest.raises(PriceChanged, match="Gutschein"):
        place(session, basket, seen_to_pay_cents=1490)


def test_the_last_use_is_taken_once(either_database: Database) -> None:
    with either_database.writing() as session:
        make_voucher(session, most_uses=1)
        tokens = [basket_with(session, "SOMMER10").token for _ in range(4)]
    _order_all(either_database, tokens, seen_total_cents=2290)
    with either_database.reading() as session:
        assert session.exec(select(Voucher.uses)).one() == 1
        assert session.exec(select(func.count()).select_from(VoucherUse)).one() == 1
        assert session.exec(select(func.count()).select_from(Order)).one() == 1


def test_one_person_in_two_windows_has_it_once(either_database: Database) -> None:
    with either_database.writing() as session:
        make_voucher(session, once_per_person=True)
        tokens = [basket_with(session, "SOMMER10").token for _ in range(4)]
    _order_all(either_database, tokens, seen_total_cents=2290)
    with either_database.reading() as session:
        assert session.exec(select(Voucher.uses)).one() == 1
        assert session.exec(select(func.count()).select_from(Order)).one() == 1


def test_a_gift_voucher_in_four_windows_pays_no_cent_twice(either_database: Database) -> None:
    with either_database.writing() as session:
        gift = make_gift(session, 2490)
        tokens = [basket_with(session, gift.code).token for _ in range(4)]
    _order_all(either_database, tokens, seen_to_pay_cents=0)
    with either_database.reading() as session:
        assert session.exec(select(GiftVoucher.balance_cents)).one() == 0
        assert session.exec(select(func.sum(GiftMovement.cents))).one() == 0
        assert session.exec(select(func.sum(Payment.cents))).one() == 2490


def _order_all(database: Database, tokens: list[str], **seen: Any) -> None:
    """Order carts at the same moment; whoever has seen what another was faster to take is refused."""

    def click(which: int) -> None:
        with suppress(Refusal), database.writing() as session:
            basket = carts.find(session, tokens[which])
            assert basket is not None
            details = tell(session, basket)
            place(session, basket, details=details, **seen)

    in_threads(len(tokens), click)


def test_whoever_is_too_late_at_the_button_is_asked_again(session: Session) -> None:
    make_voucher(session, most_uses=1)
    first, second = basket_with(session, "SOMMER10"), basket_with(session, "SOMMER10")
    details = tell(session, second)
    _, codes = redeeming.discounted(session, second, contents.of(session, second, NOW), email=details.email, now=NOW)
    order = place(session, first)
    with pytest.raises(CodeGone):
        redeeming.record(session, order, codes, NOW)
