"""What stood in the bank's files: each booking once, however often and in whatever file it was uploaded."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import CheckConstraint, func, update
from sqlmodel import Field, Session, SQLModel, col, select
from stdnum import iban as ibans

from catalog.refusals import Refusal
from catalog.times import german_day, moment
from checkout.bank.statement import Line, Statement
from checkout.orders import Order
from checkout.payments import Payment

BY_HAND = "von Hand"  # the format of a "file" that says: the owner has looked into her account herself


class Standing(StrEnum):
    """What has become of a booking."""

    OPEN = "open"  # a person must decide
    BOOKED = "booked"  # it has paid one or several orders
    NOT_OURS = "not_ours"  # it has nothing to do with the shop's orders
    TO_RETURN = "to_return"  # to be transferred back; it never became an order's payment
    RETURNED = "returned"
    SETTLED = "settled"  # money that went out and belongs to a refund, or a return that a person has seen
    DOUBLE = "double"  # the same booking as `twin_id`, from a file of another format


class BankFile(SQLModel, table=True):
    """A statement that was uploaded. `digest` tells the same upload again; `fresh` of its `bookings` were new.

    `account` is as the file writes it, "" where it does not. `covers_from` and `covers_until` are the first and
    the last whole day that are in it.
    """

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=80)
    name: str = ""
    format: str
    account: str = Field(default="", index=True)
    covers_from: date | None = None
    covers_until: date | None = None
    bookings: int = 0
    fresh: int = 0
    imported_at: datetime = moment(index=True)
    author: str


class BankBooking(SQLModel, table=True):
    """One booking of the shop's account; see bank.statement.Line for what its columns mean.

    `key` is made of all that the bank says of it. Kept are all credits, and of the debits only those
    that concern orders. `iban` is kept so that money can be paid back. `reason` says in German why a person
    must decide, `note` what was decided.
    """

    __table_args__ = (CheckConstraint("cents >= 0", name="no_negative_booking"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    file_id: int = Field(foreign_key="bankfile.id", index=True)
    twin_id: int | None = Field(default=None, foreign_key="bankbooking.id", index=True)
    format: str
    account: str = ""
    booked_on: date = Field(index=True)
    cents: int
    currency: str = Field(default="EUR", max_length=10)
    is_credit: bool
    is_return: bool = False
    text: str = ""
    end_to_end: str = ""
    structured: str = ""
    bank_reference: str = ""
    name: str = ""
    iban: str = ""
    kind: str = ""
    doubt: str = ""
    state: str = Field(default=Standing.OPEN.value, index=True)
    reason: str = ""
    note: str = ""
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str = ""

    @property
    def written(self) -> tuple[str, ...]:
        """All texts in which the payer may have named an order."""
        return self.text, self.end_to_end, self.structured


class AlreadyDecided(Refusal):
    """Somebody, or another click, has decided about the booking otherwise."""


def keys_of(statement: Statement) -> list[str]:
    """A key for each line, of what its file says and not of how it is told here.

    The kind of file is a part of it: the same booking from another kind is recognised as its twin.

    Lines that are alike in everything are numbered: two equal bookings are two. That holds for files of whole
    days, as all banks make them.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for line in statement.lines:
        told = (
            *(
                statement.format,
                statement.account,
                line.bank_reference,
                line.position,
                line.booked_on,
                line.cents,
                line.currency,
            ),
            *(line.is_credit, line.end_to_end, line.iban, squeezed(line.text)),
        )
        number, seen[told] = seen[told], seen[told] + 1
        keys.append(f"bank-{sha256(repr((*told, number)).encode()).hexdigest()[:32]}")
    return keys


def add_file(session: Session, statement: Statement, *, name: str, digest: str, now: datetime, author: str) -> BankFile:
    """The row of an uploaded statement; the same upload again is the same row. Flushes."""
    known = session.exec(select(BankFile).where(BankFile.digest == digest)).first()
    if known is not None:
        return known
    yesterday = german_day(now) - timedelta(days=1)  # today is not over: more may come
    covers = statement.covers_until
    file = BankFile(
        digest=digest,
        name=name[:120],
        format=statement.format,
        account=statement.account,
        covers_from=statement.covers_from,
        covers_until=min(covers, yesterday) if covers else None,
        bookings=len(statement.lines),
        imported_at=now,
        author=author,
    )
    session.add(file)
    session.flush()
    return file


def looked_myself(session: Session, *, now: datetime, author: str) -> BankFile:
    """Note that the owner has looked into her account and booked all that had come until yesterday. Flushes."""
    yesterday = german_day(now) - timedelta(days=1)
    said = Statement(BY_HAND, "", (), until=yesterday)
    return add_file(session, said, name="", digest=f"{BY_HAND} {yesterday}", now=now, author=author)


def add_new(session: Session, file: BankFile, statement: Statement, wanted: Iterable[bool]) -> int:
    """Add the lines that are `wanted` and not yet known; give how many were known. Flushes.

    Call with one_at_a_time: two uploads of the same file come one after the other.
    """
    lines = [each for each in zip(keys_of(statement), statement.lines, wanted, strict=True) if each[2]]
    known = _known(session, [key for key, _, _ in lines])
    rows = [_row(key, line, file, statement) for key, line, _ in lines if key not in known]
    has_others = _has_other_formats(session, statement)
    for row in rows:
        row.twin_id = _twin_of(session, row) if has_others else None
        if row.twin_id is not None:
            row.state, row.note = Standing.DOUBLE.value, "Schon aus einer anderen Datei eingelesen."
        session.add(row)
        session.flush()
    if rows and not file.fresh:
        file.fresh = len(rows)
        session.flush()
    return len(lines) - len(rows)


def not_looked_at(session: Session) -> list[int]:
    """The ids of bookings of which nobody has found out anything yet, oldest first."""
    fresh = select(BankBooking.id).where(BankBooking.state == Standing.OPEN.value, BankBooking.reason == "")
    return [row_id for row_id in session.exec(fresh.order_by(col(BankBooking.id))).all() if row_id is not None]


def not_looked_at_of(session: Session, ids: Sequence[int]) -> list[BankBooking]:
    """Those of some bookings of which nobody has found out anything yet."""
    fresh = select(BankBooking).where(
        col(BankBooking.id).in_(ids), BankBooking.state == Standing.OPEN.value, BankBooking.reason == ""
    )
    return list(session.exec(fresh.order_by(col(BankBooking.id))).all())


def one_at_a_time(session: Session) -> None:
    """Let uploads wait for each other, where the database has several writers: each locks many orders."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(func.hashtext("bank")))).one()


def decide(
    session: Session,
    booking: BankBooking,
    to: Standing,
    *,
    since: Sequence[Standing],
    note: str,
    now: datetime,
    author: str,
) -> bool:
    """Move a booking on by one conditional UPDATE; False if it stands there already with the same note. Flushes.

    Raises AlreadyDecided if it has gone another way meanwhile.
    """
    session.flush()
    moved = session.exec(
        update(BankBooking)
        .where(col(BankBooking.id) == booking.id, col(BankBooking.state).in_([each.value for each in since]))
        .values(state=to.value, note=note, decided_at=now, decided_by=author)
        .execution_options(synchronize_session=False)
    )
    session.refresh(booking)
    if moved.rowcount == 1:
        return True
    if booking.state == to.value and booking.note == note:
        return False
    raise AlreadyDecided(f"Darüber ist schon entschieden: {booking.note or 'erledigt'}")


def open_ones(session: Session) -> list[BankBooking]:
    """The bookings about which a person must decide, oldest first."""
    open_ = select(BankBooking).where(BankBooking.state == Standing.OPEN.value)
    return list(session.exec(open_.order_by(col(BankBooking.booked_on), col(BankBooking.id))).all())


def is_sorted_out(session: Session, booking: BankBooking) -> bool:
    """Whether the last credit from the same account that a person decided about was none of the shop's."""
    if not booking.iban:
        return False
    before = select(BankBooking.state).where(
        BankBooking.iban == booking.iban,
        BankBooking.is_credit,
        BankBooking.id != booking.id,
        col(BankBooking.state).not_in([Standing.OPEN.value, Standing.DOUBLE.value]),
    )
    return session.exec(before.order_by(col(BankBooking.id).desc()).limit(1)).first() == Standing.NOT_OURS


def how_many_open(session: Session) -> int:
    """How many bookings wait for a decision."""
    return session.exec(select(func.count()).where(BankBooking.state == Standing.OPEN.value)).one()


def covered_until(session: Session) -> date | None:
    """The last day whose bookings are known; None where no statement was ever uploaded."""
    return session.exec(select(func.max(BankFile.covers_until))).one()


def periods(session: Session) -> list[tuple[date, date]]:
    """The first and last days that are known, of each file; where the owner has looked herself, all up to that day."""
    files = session.exec(select(BankFile).where(col(BankFile.covers_until).is_not(None))).all()
    return [
        (date.min if file.format == BY_HAND else file.covers_from or file.covers_until, file.covers_until)
        for file in files
        if file.covers_until is not None
    ]


def last_files(session: Session, limit: int = 10) -> list[BankFile]:
    """What was uploaded last, newest first."""
    return list(session.exec(select(BankFile).order_by(col(BankFile.id).desc()).limit(limit)).all())


def is_known_account(session: Session, statement: Statement) -> bool:
    """Whether a statement of this account (or of this format without one) was taken in before."""
    known = select(BankFile.id).where(BankFile.account == statement.account, BankFile.format != BY_HAND)
    if not statement.account:
        known = known.where(BankFile.format == statement.format)
    return session.exec(known.limit(1)).first() is not None


def is_account(written: str, iban: str) -> bool:
    """Whether a file's account is that of an IBAN; German MT940 writes bank code and number instead."""
    own, told = ibans.compact(iban), re.sub(r"\s", "", written).upper()
    if told == own:
        return True
    code, _, number = told.partition("/")
    digits = re.sub(r"\D.*$", "", number or code)  # a currency may follow the number
    if not own.startswith("DE") or not digits:
        return False
    return own[12:].lstrip("0") == digits.lstrip("0") and (not number or own[4:12] == code)


def reference(booking: BankBooking, order: Order) -> str:
    """The reference of the payment that a booking makes for an order; unique, so it is booked once."""
    return f"{booking.key}/{order.number}"


def of_payment(session: Session, payment: Payment) -> BankBooking | None:
    """The booking that a payment came from; None for one that was written down by hand."""
    key = payment.reference.partition("/")[0]
    return session.exec(select(BankBooking).where(BankBooking.key == key)).first()


def squeezed(text: str) -> str:
    """A text as banks cannot spoil it: capital letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _known(session: Session, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        some = select(BankBooking.key).where(col(BankBooking.key).in_(keys[start : start + 500]))
        found.update(session.exec(some).all())
    return found


def _row(key: str, line: Line, file: BankFile, statement: Statement) -> BankBooking:
    assert file.id is not None
    return BankBooking(
        key=key,
        file_id=file.id,
        format=statement.format,
        account=statement.account,
        booked_on=line.booked_on,
        cents=line.cents,
        currency=line.currency[:10],
        is_credit=line.is_credit,
        is_return=line.is_return,
        text=line.text,
        end_to_end=line.end_to_end,
        structured=line.structured,
        bank_reference=line.bank_reference,
        name=line.name,
        iban=line.iban,
        kind=line.kind,
        doubt=line.doubt,
    )


def _has_other_formats(session: Session, statement: Statement) -> bool:
    return (
        session.exec(select(BankBooking.id).where(BankBooking.format != statement.format).limit(1)).first() is not None
    )


def _twin_of(session: Session, row: BankBooking) -> int | None:
    """The same booking from a file of another format: same day, amount, direction, and one text within the other.

    A booking has at most one twin in each format, so that two equal transfers of a day stay two.
    """
    mine = squeezed(row.text)
    if not mine:
        return None
    for other in _alike(session, row):
        theirs = squeezed(other.text)
        has_same_payer = not row.iban or not other.iban or row.iban == other.iban
        is_same = bool(theirs) and (theirs in mine or mine in theirs) and has_same_payer
        taken = select(BankBooking.id).where(BankBooking.twin_id == other.id, BankBooking.format == row.format)
        if is_same and session.exec(taken.limit(1)).first() is None:
            return other.id
    return None


def _alike(session: Session, row: BankBooking) -> list[BankBooking]:
    same = select(BankBooking).where(
        BankBooking.booked_on == row.booked_on,
        BankBooking.cents == row.cents,
        BankBooking.currency == row.currency,
        BankBooking.is_credit == row.is_credit,
        BankBooking.format != row.format,
        BankBooking.state != Standing.DOUBLE.value,
    )
    return list(session.exec(same.order_by(col(BankBooking.id))).all())


def may_be_double(session: Session, row: BankBooking) -> bool:
    """Whether a file of another format holds a booking of the same day, amount and payer, though not the same text."""
    return any(_is_same_payer(row, other) for other in _alike(session, row) if other.id != row.id)


def _is_same_payer(one: BankBooking, other: BankBooking) -> bool:
    if one.iban and other.iban:
        return one.iban == other.iban
    return bool(one.name) and squeezed(one.name) == squeezed(other.name)
