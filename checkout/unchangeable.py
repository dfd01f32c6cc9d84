"""Triggers by which the database itself refuses what no code may do: change an invoice, delete it early, count back.

They are laid where tables are made from the models; a migration step has its own copy. The messages begin with the
same word on both databases.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text


@dataclass(frozen=True)
class Guard:
    """What one table's triggers refuse, as statements for each database."""

    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


def guard(wanted: Guard) -> Callable[..., None]:
    """A listener that lays the triggers of a table that has just been made."""

    def lay(target: Table, connection: Connection, **_: object) -> None:
        for statement in wanted.sqlite if connection.dialect.name == "sqlite" else wanted.postgresql:
            connection.execute(text(statement))

    return lay


def _on_sqlite(name: str, when: str, on: str, condition: str, words: str) -> str:
    only = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} ON {on}{only} BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _on_postgresql(name: str, when: str, on: str, condition: str, words: str) -> tuple[str, str]:
    """A function of its own per trigger; a statement's trigger (TRUNCATE) has no row to look at."""
    body = f"RAISE EXCEPTION '{words}';"
    if condition:
        back = "OLD" if when == "DELETE" else "NEW"
        body = f"IF {condition} THEN {body} END IF; RETURN {back};"
    made = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    each = "STATEMENT" if when == "TRUNCATE" else "ROW"
    return made, f"CREATE TRIGGER {name} BEFORE {when} ON {on} FOR EACH {each} EXECUTE FUNCTION {name}()"


_PAPER_IS_KEPT = "EXISTS (SELECT 1 FROM invoice WHERE id = OLD.invoice_id AND keep_until >= {today})"

# A REPLACE deletes on SQLite without any trigger for DELETE: it is refused before it begins.
INVOICES = Guard(
    sqlite=(
        _on_sqlite("invoice_never_changes", "UPDATE", "invoice", "", "unchangeable: an invoice"),
        _on_sqlite(
            "invoice_is_kept", "DELETE", "invoice", "OLD.keep_until >= date('now')", "unchangeable: kept by law"
        ),
        _on_sqlite(
            "invoice_is_not_replaced", "INSERT", "invoice",
            "EXISTS (SELECT 1 FROM invoice WHERE id = NEW.id OR number = NEW.number "
            "OR allowance_id = NEW.allowance_id)",
            "unchangeable: an invoice",
        ),
    ),
    postgresql=(
        *_on_postgresql("invoice_never_changes", "UPDATE", "invoice", "", "unchangeable: an invoice"),
        *_on_postgresql(
            "invoice_is_kept", "DELETE", "invoice", "OLD.keep_until >= CURRENT_DATE", "unchangeable: kept by law"
        ),
        *_on_postgresql("invoice_is_not_emptied", "TRUNCATE", "invoice", "", "unchangeable: kept by law"),
    ),
)  # fmt: skip
PAPERS = Guard(
    sqlite=(
        _on_sqlite("invoicepaper_never_changes", "UPDATE", "invoicepaper", "", "unchangeable: a paper"),
        _on_sqlite(
            "invoicepaper_is_kept", "DELETE", "invoicepaper", _PAPER_IS_KEPT.format(today="date('now')"),
            "unchangeable: kept by law",
        ),
        _on_sqlite(
            "invoicepaper_is_not_replaced", "INSERT", "invoicepaper",
            "EXISTS (SELECT 1 FROM invoicepaper WHERE id = NEW.id OR file_name = NEW.file_name "
            "OR (invoice_id = NEW.invoice_id AND form = NEW.form))",
            "unchangeable: a paper",
        ),
    ),
    postgresql=(
        *_on_postgresql("invoicepaper_never_changes", "UPDATE", "invoicepaper", "", "unchangeable: a paper"),
        *_on_postgresql(
            "invoicepaper_is_kept", "DELETE", "invoicepaper", _PAPER_IS_KEPT.format(today="CURRENT_DATE"),
            "unchangeable: kept by law",
        ),
        *_on_postgresql("invoicepaper_is_not_emptied", "TRUNCATE", "invoicepaper", "", "unchangeable: kept by law"),
    ),
)  # fmt: skip
_COUNTS_ON = "NEW.last <> OLD.last + 1 OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year"
ONE_BY_ONE = Guard(
    sqlite=(
        _on_sqlite("numberseries_counts_on", "UPDATE", "numberseries", _COUNTS_ON, "unchangeable: numbers go on"),
        _on_sqlite("numberseries_is_kept", "DELETE", "numberseries", "", "unchangeable: numbers go on"),
        _on_sqlite(
            "numberseries_begins_once", "INSERT", "numberseries",
            "NEW.last <> 0 OR EXISTS (SELECT 1 FROM numberseries WHERE prefix = NEW.prefix AND year = NEW.year)",
            "unchangeable: numbers go on",
        ),
    ),
    postgresql=(
        *_on_postgresql("numberseries_counts_on", "UPDATE", "numberseries", _COUNTS_ON, "unchangeable: numbers go on"),
        *_on_postgresql("numberseries_is_kept", "DELETE", "numberseries", "", "unchangeable: numbers go on"),
        *_on_postgresql("numberseries_is_not_emptied", "TRUNCATE", "numberseries", "", "unchangeable: numbers go on"),
        *_on_postgresql(
            "numberseries_begins_at_one", "INSERT", "numberseries", "NEW.last <> 0", "unchangeable: numbers go on"
        ),
    ),
)  # fmt: skip
