"""Statements taken in: new money is booked once, whatever is uploaded again, in parts or in other formats."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from checkout import fulfilment, orders, refunds
from checkout.bank import bookings, deciding, importing, matching, reading
from checkout.bank.bookings import AlreadyDecided, BankBooking, Standing
from checkout.bank.importing import Outcome
from checkout.bank.statement import Line, Statement
from checkout.orders import Order, State
from checkout.payments import Payment
from checkout.refunds import RefundState
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.bank.files import DAY, IBAN, PAYER, OneTransaction, camt, csv_of, entry, field_86, mt940
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric


def take(session: Session, *contents: bytes) -> Outcome:
    """Take in files of one statement each; give the outcome of the last."""
    for content in contents:
        (statement,) = reading.read(content).statements
        outcome = take_statement(session, statement, sha256(content).hexdigest())
    return outcome


def take_statement(session: Session, statement: Statement, digest: str = "") -> Outcome:
    digest = digest or sha256(repr(statement).encode()).hexdigest()
    database = OneTransaction(session)
    return importing.take_in(database, statement, name="auszug.xml", digest=digest, now=NOW, author="Anna")


def payments(session: Session) -> list[int]:
    return list(session.exec(select(Payment.cents).order_by(col(Payment.id))).all())


@pytest.fixture
def order(session: Session) -> Order:
    """An order over 24,25 €."""
    return make_order(session, make_fabric(session, on_hand=5000))


def test_money_is_booked_and_the_order_paid(session: Session, order: Order) -> None:
    outcome = take(session, camt(entry(text=f"Danke {order.number}")))
    assert order.state == State.PAID
    assert [each.orders for each in outcome.paid] == [(order,)]
    (payment,) = session.exec(select(Payment)).all()
    assert (payment.cents, payment.method, payment.author) == (2425, "transfer", "Kontoauszug")
    row = bookings.of_payment(session, payment)
    assert row is not None
    assert (row.name, row.iban, row.state) == ("Erika Muster", PAYER, Standing.BOOKED)


def test_the_same_file_twice_changes_nothing(session: Session, order: Order) -> None:
    content = camt(entry(text=order.number), entry("3.00", "unbekannt"))
    first, again = take(session, content), take(session, content)
    assert (len(first.paid), len(first.open), first.known) == (1, 1, 0)
    assert (len(again.paid), len(again.open), again.known) == (0, 0, 2)
    assert first.file.id == again.file.id
    assert payments(session) == [2425]
    assert bookings.how_many_open(session) == 1


def test_two_equal_bookings_of_a_day_are_two(session: Session, order: Order) -> None:
    outcome = take(session, camt(entry(text="Spende"), entry(text="Spende")))
    assert len(outcome.open) == 2
    assert take(session, camt(entry(text="Spende"), entry(text="Spende"), entry(text="Spende"))).known == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b"]), st.integers(1, 2)), max_size=8),
    cuts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=5),
)
def test_any_parts_of_a_statement_book_the_same_money(
    session: Session, lines: list[tuple[int, str, int]], cuts: list[tuple[int, int]]
) -> None:
    """Parts of whole days, overlapping as they like and in any order, together with the whole."""
    whole = [Line(booked_on=DAY + timedelta(days=day), cents=cents, is_credit=True, text=text)
             for day, text, cents in sorted(lines)]  # fmt: skip
    with session.begin_nested() as savepoint:
        for first, last in [*cuts, (0, 3), *reversed(cuts)]:
            part = [line for line in whole if first <= (line.booked_on - DAY).days <= last]
            take_statement(session, Statement("camt.053", IBAN, tuple(part)))
        got = session.exec(select(BankBooking.cents).order_by(col(BankBooking.cents))).all()
        assert sorted(got) == sorted(line.cents for line in whole)
        savepoint.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(data=st.data())
def test_with_bank_references_any_split_at_all_books_once(session: Session, data: st.DataObject) -> None:
    whole = [Line(booked_on=DAY, cents=5, is_credit=True, text="gleich", bank_reference=str(n)) for n in range(6)]
    with session.begin_nested() as savepoint:
        for part in data.draw(st.lists(st.lists(st.sampled_from(whole), unique=True), max_size=6)):
            take_statement(session, Statement("camt.053", IBAN, tuple(part)))
        take_statement(session, Statement("camt.053", IBAN, tuple(whole)))
        assert len(session.exec(select(BankBooking.id)).all()) == 6
        savepoint.rollback()


def test_the_same_day_from_three_kinds_of_files_is_booked_once(session: Session, order: Order) -> None:
    text = f"Bestellung {order.number} vielen Dank"
    first = take(session, csv_of("Sparkasse", {"text": text, "name": "Erika Muster"}))
    second = take(session, camt(entry(text=text)))
    third = take(session, mt940(("C24,25NTRFNONREF", field_86(text))))
    assert (len(first.paid), len(second.paid), len(third.paid)) == (1, 0, 0)
    assert (second.open, third.open) == ((), ())
    assert payments(session) == [2425]


def test_a_second_payment_of_the_day_is_no_double_of_the_first_file_s(session: Session, order: Order) -> None:
    """Two equal transfers stay two, also where the second comes in a later file of the other format."""
    take(session, csv_of("Sparkasse", {"text": "Spende"}))
    take(session, camt(entry(text="Spende")))
    take(session, camt(entry(text="Spende"), entry(text="Spende")))
    states = session.exec(select(BankBooking.state).order_by(col(BankBooking.id))).all()
    assert states == [Standing.OPEN, Standing.DOUBLE, Standing.OPEN]


def test_only_debits_that_concern_orders_are_kept(session: Session, order: Order) -> None:
    outcome = take(session, camt(entry("800.00", "Miete", credit=False), entry("5.00", order.number, credit=False)))
    assert [row.cents for row in outcome.open] == [500]
    assert "nicht vermerkt" in outcome.open[0].reason


def test_a_refund_is_settled_by_its_own_debit(session: Session, order: Order) -> None:
    take(session, camt(entry("26.25", order.number)))
    (open_row,) = bookings.open_ones(session)
    deciding.assign(session, open_row, order, now=NOW, author="Anna")
    (refund,) = refunds.owe_overpaid(session, order, reason="zu viel", now=NOW, author="Anna")
    outcome = take(session, camt(entry("2.00", f"Rueckzahlung {order.number}", credit=False), until=date(2026, 11, 24)))
    assert outcome.sent == (refund,)
    assert refund.state == RefundState.DONE
    assert outcome.open == ()


def test_a_refund_that_she_ticked_off_before_is_not_asked_about(session: Session, order: Order) -> None:
    take(session, camt(entry("26.25", order.number)))
    deciding.assign(session, bookings.open_ones(session)[0], order, now=NOW, author="Anna")
    (refund,) = refunds.owe_overpaid(session, order, reason="zu viel", now=NOW, author="Anna")
    refunds.settled(session, refund, now=NOW, author="Anna")
    assert take(session, camt(entry("2.00", order.number, credit=False, day=date(2026, 11, 24)))).open == ()


def test_money_taken_back_calls_attention(session: Session, order: Order) -> None:
    take(session, camt(entry(text=order.number)))
    back = entry(text=order.number, credit=False, day=date(2026, 11, 24), code="RRTN")
    (row,) = take(session, camt(back)).open
    assert "gilt nicht mehr" in row.reason
    assert "gilt nicht mehr" in order.attention
    assert deciding.seen(session, row, now=NOW, author="Anna")
    assert bookings.how_many_open(session) == 0


def test_our_own_refund_that_comes_back_is_owed_again(session: Session, order: Order) -> None:
    take(session, camt(entry("26.25", order.number)))
    deciding.assign(session, bookings.open_ones(session)[0], order, now=NOW, author="Anna")
    (refund,) = refunds.owe_overpaid(session, order, reason="zu viel", now=NOW, author="Anna")
    refunds.settled(session, refund, now=NOW, author="Anna")
    assert order.overpaid_cents == 0
    (row,) = take(session, camt(entry("2.00", f"Rückzahlung {order.number}", code="RRTN"))).open
    assert matching.bounced_refund(session, row, [order]) == refund
    assert deciding.bounced(session, row, refund, now=NOW, author="Anna")
    assert not deciding.bounced(session, row, refund, now=NOW, author="Anna")
    session.refresh(order)
    assert (refund.state, order.overpaid_cents) == (RefundState.FAILED, 200)
    assert "gescheitert" in order.attention


def test_late_money_takes_the_goods_again(session: Session, order: Order) -> None:
    fulfilment.expire(session, order, now=NOW)
    (row,) = take(session, camt(entry(text=order.number))).open
    deciding.assign(session, row, order, now=NOW, author="Anna")
    assert order.state == State.PAID
    assert refunds.of(session, order) == []


def test_late_money_without_goods_is_owed_back(session: Session) -> None:
    fabric = make_fabric(session, on_hand=150)
    order = make_order(session, fabric)
    fulfilment.expire(session, order, now=NOW)
    make_order(session, fabric)  # somebody else takes the last piece
    (row,) = take(session, camt(entry(text=order.number))).open
    deciding.assign(session, row, order, now=NOW, author="Anna")
    assert order.state == State.EXPIRED
    (refund,) = refunds.owed_by(session, "transfer")
    assert (refund.order_id, refund.cents) == (order.id, 2425)


def test_decisions_are_made_once_and_can_be_taken_back(session: Session, order: Order) -> None:
    (row,) = take(session, camt(entry("9.00", "??"))).open
    assert deciding.not_ours(session, row, now=NOW, author="Anna")
    assert not deciding.not_ours(session, row, now=NOW, author="Anna")
    assert deciding.reopen(session, row, now=NOW, author="Anna")
    assert deciding.pay_back(session, row, now=NOW, author="Anna")
    assert deciding.assign(session, row, order, now=NOW, author="Anna")
    assert not deciding.assign(session, row, order, now=NOW, author="Anna")
    for decide in (deciding.not_ours, deciding.pay_back, deciding.reopen, deciding.returned):
        with pytest.raises(AlreadyDecided):
            decide(session, row, now=NOW, author="Anna")
    assert order.paid_cents == 900
    assert payments(session) == [900]


def test_what_goes_back_without_an_order_is_found_in_the_statement(session: Session, order: Order) -> None:
    (row,) = take(session, camt(entry("9.00", "??"))).open
    deciding.pay_back(session, row, now=NOW, author="Anna")
    take(session, camt(entry("9.00", "Zurueck", credit=False, day=date(2026, 11, 24))))
    session.refresh(row)
    assert row.state == Standing.RETURNED


def test_a_foreign_currency_cannot_pay(session: Session, order: Order) -> None:
    (row,) = take(session, camt(entry(text=order.number, currency="CHF"))).open
    with pytest.raises(deciding.NotThisWay):
        deciding.assign(session, row, order, now=NOW, author="Anna")
    with pytest.raises(deciding.NotThisWay):
        deciding.pay_back(session, row, now=NOW, author="Anna")


def test_who_was_sorted_out_once_is_not_asked_about_again(session: Session, order: Order) -> None:
    terminal = "DE02120300000000202051"
    (row,) = take(session, camt(entry("81.20", "Kartenzahlungen", iban=terminal, name="Terminal AG"))).open
    deciding.not_ours(session, row, now=NOW, author="Anna")
    later = date(2026, 11, 24)
    again = entry("93.10", "Kartenzahlungen", iban=terminal, name="Terminal AG", day=later)
    assert take(session, camt(again)).open == ()
    by_chance = entry("24.25", "Kartenzahlungen", iban=terminal, name="Terminal AG", day=later)
    assert len(take(session, camt(by_chance)).open) == 1  # as much as an order costs: that is asked
    paid = entry("24.25", order.number, iban=terminal, day=later)
    assert len(take(session, camt(paid)).paid) == 1


def test_money_from_before_the_first_order_is_not_asked_about(session: Session, order: Order) -> None:
    assert take(session, camt(entry("5.00", "alt", day=date(2026, 11, 21)))).open == ()
    assert len(take(session, camt(entry("5.00", "neu", day=date(2026, 11, 22)))).open) == 1


def test_how_far_statements_reach(session: Session) -> None:
    assert bookings.covered_until(session) is None
    take(session, camt(until=date(2026, 11, 20)))
    assert bookings.covered_until(session) == date(2026, 11, 20)
    take(session, camt(until=date(2026, 11, 22)))  # NOW is that Sunday: it is not over
    assert bookings.covered_until(session) == date(2026, 11, 21)
    bookings.looked_myself(session, now=NOW + timedelta(days=3), author="Anna")
    assert bookings.covered_until(session) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "is_own"),
    [
        (IBAN, True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("37040044/0532013000", True),
        ("37040044/532013000EUR", True),
        ("532013000", True),
        ("37040045/0532013000", False),
        ("37040044/0532013001", False),
        ("DE02120300000000202051", False),
        ("", False),
    ],
)
def test_the_shop_s_own_account_is_recognised(written: str, is_own: bool) -> None:
    assert bookings.is_account(written, IBAN) is is_own


def test_two_uploads_at_once_book_once(either_database: Database) -> None:
    with either_database.writing() as session:
        fabric = make_fabric(session, on_hand=5000)
        made = [make_order(session, fabric) for _ in range(4)]
        told = [(orders.id_of(order), order.number) for order in made]
    forth = camt(*(entry(text=number) for _, number in told))
    back = camt(*(entry(text=number) for _, number in reversed(told)), until=date(2026, 11, 24))

    def upload(which: int) -> None:
        content = forth if which % 2 else back
        (statement,) = reading.read(content).statements
        importing.take_in(either_database, statement, name="x", digest=str(which % 2), now=NOW, author="Anna")

    in_threads(4, upload)
    with either_database.reading() as session:
        assert session.exec(select(func.count()).select_from(Payment)).one() == 4
        assert set(session.exec(select(Order.state)).all()) == {State.PAID}


def test_what_a_crash_has_left_is_booked_by_the_next_upload(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        fabric = make_fabric(session, on_hand=9000)
        made = [make_order(session, fabric).number for _ in range(3)]
    content = camt(*(entry(text=number) for number in made))
    (statement,) = reading.read(content).statements

    def upload() -> Outcome:
        return importing.take_in(database, statement, name="x", digest="x", now=NOW, author="Anna")

    monkeypatch.setattr(importing, "_AT_ONCE", 1)
    with monkeypatch.context() as crashing:
        seen: list[int] = []

        def crash_after_one(session: Session, *rest: object, **more: object) -> None:
            if seen:
                raise KeyboardInterrupt
            seen.append(1)
            mark_paid(session, *rest, **more)  # type: ignore[arg-type]

        mark_paid = fulfilment.mark_paid
        crashing.setattr(fulfilment, "mark_paid", crash_after_one)
        with pytest.raises(KeyboardInterrupt):
            upload()
    again = upload()
    assert (len(again.paid), again.known) == (2, 3)
    with database.reading() as session:
        assert payments(session) == [2425] * 3
