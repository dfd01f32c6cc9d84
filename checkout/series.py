"""Numbers of invoices: consecutive, without gap or double, in a series for each kind and year.

§ 14 Abs. 4 Nr. 4 UStG asks for unique consecutive numbers in one or several series. A number is taken by one UPDATE
in the transaction that keeps its document: what is rolled back gives its number back, and others wait for it. Only
numbers that were given away by a state of the books that is lost are left out, and the journal says which.
"""

import json
from collections import Counter

from sqlalchemy import DDL, CheckConstraint, event, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from checkout import journal
from checkout.documents import Kind
from checkout.journal import JournalEntry

PREFIXES = {Kind.INVOICE: "RE", Kind.CANCELLATION: "ST", Kind.CORRECTION: "KO"}
SKIPPED = "skipped"  # the journal's kind of entry for numbers that are left out
_TEST = "TEST-"  # of a demonstration shop: no invoice in the sense of the law
_REFUSAL = "numbers of invoices go on one by one"


class NumberSeries(SQLModel, table=True):
    """How far a series has come in a (German) year; it only ever goes on, one by one."""

    __table_args__ = (CheckConstraint("last >= 0", name="counts_from_one"),)

    prefix: str = Field(primary_key=True, max_length=20)
    year: int = Field(primary_key=True)
    last: int = 0


def statements(dialect: str) -> list[str]:
    """What makes the table's triggers, for "sqlite" or "postgresql": a series begins at nothing and goes on by one."""
    on, begun = "NEW.last <> OLD.last + 1 OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year", "NEW.last <> 0"
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        return [
            f"CREATE TRIGGER numberseries_goes_on BEFORE UPDATE ON numberseries WHEN {on} {refuse}",
            f"CREATE TRIGGER numberseries_begins BEFORE INSERT ON numberseries WHEN {begun} {refuse}",
            f"CREATE TRIGGER numberseries_stays BEFORE DELETE ON numberseries {refuse}",
        ]
    refuse = f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
    made = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    laid = "CREATE TRIGGER {name} BEFORE {when} ON numberseries FOR EACH {each} EXECUTE FUNCTION {does}()"
    return [
        made.format(name="numberseries_goes_on", body=f"IF {on} THEN {refuse} END IF; RETURN NEW;"),
        made.format(name="numberseries_begins", body=f"IF {begun} THEN {refuse} END IF; RETURN NEW;"),
        made.format(name="numberseries_stays", body=refuse),
        laid.format(name="goes_on", when="UPDATE", each="ROW", does="numberseries_goes_on"),
        laid.format(name="begins", when="INSERT", each="ROW", does="numberseries_begins"),
        laid.format(name="stays", when="DELETE", each="ROW", does="numberseries_stays"),
        laid.format(name="is_not_emptied", when="TRUNCATE", each="STATEMENT", does="numberseries_stays"),
    ]


for _dialect in ("sqlite", "postgresql"):
    for _statement in statements(_dialect):
        event.listen(
            NumberSeries.__table__,  # type: ignore[attr-defined]
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


def prefix_of(kind: Kind, *, is_test: bool) -> str:
    """What the numbers of a kind begin with: "RE", in a demonstration shop "TEST-RE"."""
    return f"{_TEST if is_test else ''}{PREFIXES[kind]}"


def take(session: Session, prefix: str, year: int) -> str:
    """The next number of a series: "RE-2026-00001". Whoever wants the one after waits until we commit."""
    last = _next(session, prefix, year)
    if last is None:
        _begin(session, prefix, year)
        last = _next(session, prefix, year)
    assert last is not None
    return f"{prefix}-{year}-{last:05d}"


def skip(session: Session, prefix: str, year: int, last: int) -> tuple[str, str] | None:
    """Leave out what follows up to the number `last`: it was given away before a backup was played back.

    Gives the first and the last number that are left out; None where there are none. Flushes.
    """
    here = session.get(NumberSeries, (prefix, year), populate_existing=True)
    begun = here.last if here else 0
    if last <= begun:
        return None
    left_out = [take(session, prefix, year) for _ in range(last - begun)]
    body = {"prefix": prefix, "year": year, "first": begun + 1, "last": last}
    journal.remark(session, journal.Remark(SKIPPED, "numberseries", body))
    return left_out[0], left_out[-1]


def skipped(session: Session) -> Counter[tuple[str, int]]:
    """How many numbers were left out, by series and year, as the journal says."""
    rows = session.exec(select(JournalEntry.body).where(JournalEntry.kind == SKIPPED)).all()
    counts = Counter[tuple[str, int]]()
    for said in map(json.loads, rows):
        counts[said["prefix"], said["year"]] += said["last"] - said["first"] + 1
    return counts


def _next(session: Session, prefix: str, year: int) -> int | None:
    """One further; None where the series has not begun."""
    mine = (col(NumberSeries.prefix) == prefix, col(NumberSeries.year) == year)
    on = update(NumberSeries).where(*mine).values(last=NumberSeries.last + 1).returning(col(NumberSeries.last))
    return session.execute(on.execution_options(synchronize_session=False)).scalar()


def _begin(session: Session, prefix: str, year: int) -> None:
    """Two may begin it at once on PostgreSQL: the second waits, and finds it there."""
    try:
        with session.begin_nested():
            session.add(NumberSeries(prefix=prefix, year=year))
    except IntegrityError:
        pass
