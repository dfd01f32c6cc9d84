"""What is over is deleted as a whole, never early, on both databases, and the journal knows of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, func, select

import shop.tables  # noqa: F401
from catalog.products import Variant
from checkout import (
    deliveries,
    erasing,
    fulfilment,
    gift_vouchers,
    invoicing,
    journal,
    journal_check,
    orders,
    outbox,
    retention,
    returns,
    taking_back,
)
from checkout.bank.bookings import BankBooking, BankFile
from checkout.invoices import Invoice, InvoicePaper
from checkout.journal import JournalEntry
from checkout.orders import Order
from checkout.outbox import Letter
from shop.db import Database
from tests.checkout.ordering import id_of, make_cart, pay, place
from tests.checkout.trading import TERMS
from tests.make import NOW, make_variant

LONG_AGO = datetime(2010, 6, 1, 10, tzinfo=UTC)
LATER = LONG_AGO + timedelta(days=3)
LAST_MOMENT = datetime(2018, 12, 31, 22, 59, tzinfo=UTC)  # 23:59 in Berlin, the last day of vouchers of 2010
NEW_YEAR = datetime(2018, 12, 31, 23, 30, tzinfo=UTC)  # 0:30 in Berlin


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = LONG_AGO

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    """It stands long ago."""
    return Clock()


@pytest.fixture
def old(database: Database, clock: Clock) -> Database:
    """A database with an order of 2010 and one of today."""
    return live_on(database, clock)


def live_on(database: Database, clock: Clock) -> Database:
    """Place, pay, send, take back and pay back an order in 2010, and place one today."""
    database._clock = clock
    with database.writing() as session:
        variant = make_variant(session, on_hand=100)
        order = place(session, make_cart(session, (variant, 2, 1), now=LONG_AGO), now=LONG_AGO)
        pay(session, order, LONG_AGO)
        fulfilment.ship(session, order, carrier="DHL", tracking="1", now=LATER, author="Ada")
        _come_back(session, order)
    clock.at = NOW
    with database.writing() as session:
        pay(session, place(session, make_cart(session, (session.get_one(Variant, variant.id), 1, 1))))
    return database


def _come_back(session: Session, order: Order) -> None:
    declared = returns.Withdrawal(
        declaration_key="w",
        received_at=LATER,
        name="Erika",
        email=order.email,
        which_order=order.number,
        order_id=order.id,
    )
    session.add(declared)
    session.flush()
    part = deliveries.deliverable(session, order)[0]
    taking_back.take_back(
        session, order, {part.size: 2}, reason="Widerruf", shipping_cents=0, withdrawal_id=declared.id, now=LATER,
        author="Ada", key="r",
    )  # fmt: skip


def erase_all(database: Database, now: datetime) -> dict[str, int]:
    """Delete part by part until nothing is left; the rows by table."""
    gone: dict[str, int] = {}
    while True:
        with database.writing() as session:
            erased = erasing.erase_some(session, now, most=1)
        if not erased.rows:
            return gone
        for name, count in erased.rows.items():
            gone[name] = gone.get(name, 0) + count


def rows(database: Database, table: str) -> int:
    with database.reading() as session:
        sheet = SQLModel.metadata.tables[table]
        return int(session.execute(select(func.count()).select_from(sheet)).scalar_one())


def verify(database: Database, now: datetime) -> journal_check.Broken | None:
    with database.reading() as session:
        return journal_check.verify(session, [], erasing.may_be_gone(now))


def test_every_reference_to_what_is_deleted_is_thought_of() -> None:
    deleted = {erasing.sheet_of(group.table).name for group in erasing.groups()}
    belonging = {each.partition(".")[0] for each in erasing.BELONGS}
    known = erasing.BELONGS | erasing.DETACHED | {"bankbooking.file_id", "cartcode.voucher_id"}
    for sheet in SQLModel.metadata.sorted_tables:
        for key in sheet.foreign_keys:
            if key.column.table.name in deleted | belonging:
                assert f"{sheet.name}.{key.parent.name}" in known
    for each in erasing.DETACHED:
        table, _, column = each.partition(".")
        assert SQLModel.metadata.tables[table].c[column].nullable, each


def test_e14_nothing_goes_on_its_last_day_and_all_of_it_on_the_next(either_database: Database, clock: Clock) -> None:
    old = live_on(either_database, clock)
    assert "order" not in erase_all(old, LAST_MOMENT)
    assert rows(old, "order") == 2
    gone = erase_all(old, NEW_YEAR)
    assert gone["order"] == gone["payment"] == gone["refund"] == gone["return"] == gone["shipment"] == 1
    assert rows(old, "order") == rows(old, "payment") == 1
    assert rows(old, "refund") == rows(old, "return") == rows(old, "returnline") == rows(old, "shipmentline") == 0
    assert verify(old, NEW_YEAR) is None


def test_e14_what_happened_last_counts(old: Database) -> None:
    with old.writing() as session:
        order = session.exec(select(Order).where(Order.placed_at == LONG_AGO)).one()
        orders.remark(session, order, "note", "ein Anruf", now=datetime(2011, 1, 5, tzinfo=UTC), author="Ada")
    assert "order" not in erase_all(old, NEW_YEAR)
    assert erase_all(old, datetime(2020, 1, 1, tzinfo=UTC))["order"] == 1


def test_e14_letters_go_after_six_years(old: Database) -> None:
    before = rows(old, "letter")
    assert erase_all(old, datetime(2016, 12, 31, 22, 59, tzinfo=UTC)) == {}
    gone = erase_all(old, datetime(2016, 12, 31, 23, 30, tzinfo=UTC))
    assert gone["letter"] > 0
    assert gone.get("order", 0) == 0
    assert gone["withdrawal"] == 1  # a letter, too; what came back because of it stays
    assert rows(old, "letter") == before - gone["letter"] > 0
    assert rows(old, "return") == 1
    assert verify(old, datetime(2017, 1, 1, tzinfo=UTC)) is None


def test_e14_an_order_that_came_to_nothing_is_a_letter(database: Database, clock: Clock) -> None:
    database._clock = clock
    with database.writing() as session:
        order = place(session, make_cart(session, (make_variant(session), 1, 1), now=LONG_AGO), now=LONG_AGO)
        fulfilment.expire(session, order, now=LATER)
    assert erase_all(database, datetime(2016, 12, 31, 22, 59, tzinfo=UTC)).get("order", 0) == 0
    assert erase_all(database, datetime(2017, 1, 1, tzinfo=UTC))["order"] == 1


def test_e14_leap_years_count_as_any_other(database: Database, clock: Clock) -> None:
    leap_day = datetime(2008, 2, 29, 12, tzinfo=UTC)
    clock.at, database._clock = leap_day, clock
    with database.writing() as session:
        pay(
            session,
            place(session, make_cart(session, (make_variant(session), 1, 1), now=leap_day), now=leap_day),
            leap_day,
        )
    assert erase_all(database, datetime(2016, 12, 31, 22, tzinfo=UTC)).get("order", 0) == 0
    assert erase_all(database, datetime(2016, 12, 31, 23, tzinfo=UTC))["order"] == 1


def test_e14_a_hold_keeps_everything_until_it_ends(old: Database) -> None:
    with old.writing() as session:
        held = retention.hold(session, "Betriebsprüfung 2010", now=NOW, author="Ada")
    assert erase_all(old, NEW_YEAR) == {}
    with old.writing() as session:
        retention.release(session, id_of(held), now=NOW, author="Ada")
        assert retention.standing_holds(session) == []
    assert erase_all(old, NEW_YEAR)["order"] == 1


def test_e14_the_plan_says_what_then_happens(old: Database) -> None:
    with old.reading() as session:
        planned = erasing.planned(session, NEW_YEAR)
    letters = planned["Briefe"]
    assert planned["Bestellungen mit Belegen, Zahlungen und Anschriften"] == 1
    gone = erase_all(old, NEW_YEAR)
    assert gone["letter"] == letters
    with old.reading() as session:
        assert not any(erasing.planned(session, NEW_YEAR).values())


def test_e14_the_journal_stays_whole_when_its_old_years_are_cut_off(either_database: Database, clock: Clock) -> None:
    old = live_on(either_database, clock)
    late = datetime(2021, 1, 1, tzinfo=UTC)
    before = rows(old, "journalentry")
    clock.at = late
    gone = erase_all(old, late)
    assert 0 < gone["journalentry"] < before
    with old.reading() as session:
        first = session.exec(select(JournalEntry).order_by(col(JournalEntry.number))).first()
        kinds = set(session.exec(select(JournalEntry.kind)).all())
    assert first is not None
    assert first.number > 1
    assert {journal.CUT, journal.ERASED} <= kinds
    assert verify(old, late) is None


def test_e14_more_cut_off_than_was_said_is_found(database: Database, clock: Clock) -> None:
    database._clock = clock
    with database.writing() as session:
        pay(
            session,
            place(session, make_cart(session, (make_variant(session), 1, 1), now=LONG_AGO), now=LONG_AGO),
            LONG_AGO,
        )
    clock.at = NOW
    with database.writing() as session:
        pay(session, place(session, make_cart(session, (make_variant(session), 1, 1))))
    erase_all(database, NOW)
    assert verify(database, NOW) is None
    with database.writing() as session:
        first = session.exec(select(func.min(JournalEntry.number))).one()
        session.execute(text("DROP TRIGGER journalentry_is_kept"))
        session.execute(text(f"DELETE FROM journalentry WHERE number = {first}"))
    found = verify(database, NOW)
    assert found is not None
    assert "Anfang" in found.sentence


def test_e14_a_voucher_lives_longer_than_the_order_that_bought_it(old: Database, clock: Clock) -> None:
    clock.at = LATER
    with old.writing() as session:
        order = session.exec(select(Order).where(Order.placed_at == LONG_AGO)).one()
        gift = gift_vouchers.issue(session, 50_00, now=LATER, author="Ada", order_id=order.id)
    clock.at = NOW
    assert "giftvoucher" not in erase_all(old, NEW_YEAR)
    with old.reading() as session:
        assert session.get_one(gift_vouchers.GiftVoucher, gift.id).order_id is None
    assert gift.valid_until == date(2013, 12, 31)
    assert "giftvoucher" not in erase_all(old, datetime(2021, 12, 31, 22, tzinfo=UTC))
    gone = erase_all(old, datetime(2022, 1, 1, tzinfo=UTC))
    assert (gone["giftvoucher"], gone["giftmovement"]) == (1, 1)
    assert verify(old, datetime(2022, 1, 1, tzinfo=UTC)) is None


def test_e14_bank_bookings_go_with_their_statement(database: Database) -> None:
    with database.writing() as session:
        file = BankFile(digest="d", format="camt", imported_at=LONG_AGO, author="Ada")
        session.add(file)
        session.flush()
        for day in (date(2010, 6, 1), date(2011, 1, 2)):
            session.add(
                BankBooking(key=str(day), file_id=id_of(file), format="camt", booked_on=day, cents=1, is_credit=True)
            )
    assert erase_all(database, LAST_MOMENT) == {}
    assert erase_all(database, NEW_YEAR) == {"bankbooking": 1}
    assert erase_all(database, datetime(2020, 1, 1, tzinfo=UTC)) == {"bankbooking": 1, "bankfile": 1}


def test_what_has_just_been_sent_stays(database: Database) -> None:
    with database.writing() as session:
        outbox.queue(session, "kind", "order:1", "a@b.example", NOW)
    assert erase_all(database, NOW) == {}
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Letter)).one() == 1


def test_e14_invoices_go_with_their_order_and_their_files_are_named(database: Database, clock: Clock) -> None:
    database.at_commit(lambda session: _settle(session))
    live_on(database, clock)
    clock.at = datetime(2011, 1, 1, 9, tzinfo=UTC)  # the file was written after the turn of the year
    with database.writing() as session:
        invoice = session.exec(select(Invoice)).first()
        assert invoice is not None
        assert invoice.keep_until == date(2018, 12, 31)
        session.add(
            InvoicePaper(
                invoice_id=id_of(invoice), form="pdf", file_name="a.pdf", sha256="0" * 64, size=1, written_at=LATER,
                keep_until=invoice.keep_until,
            )
        )  # fmt: skip
    clock.at = NOW
    with database.writing() as session:
        assert erasing.erase_some(session, datetime(2016, 6, 1, tzinfo=UTC), most=1).rows == {}
    files: tuple[str, ...] = ()
    gone: dict[str, int] = {}
    while True:
        with database.writing() as session:
            erased = erasing.erase_some(session, NEW_YEAR)
        if not erased.rows:
            break
        files += erased.files
        gone |= erased.rows
    assert files == ("a.pdf",)
    assert gone["invoicepaper"] == 1
    assert gone["invoice"] == 1
    assert rows(database, "invoice") == 0
    assert verify(database, NEW_YEAR) is None


def _settle(session: Session) -> None:
    invoicing.settle(session, lambda opened: TERMS)
