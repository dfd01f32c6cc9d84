"""Tables whose rows nobody changes and nobody deletes early: the database itself refuses, whatever the program does.

Such a table has a column `keep_until`, the last day on which a row must be kept. Days end in Berlin on PostgreSQL and
in Greenwich on SQLite, which knows no time zones: an hour or two later, never earlier.
"""

from sqlalchemy import DDL, Table, event

_REFUSAL = "rows of this table are never changed, and kept until their time is over"


def guard(table: Table) -> None:
    """Let the table's rows be guarded wherever the table is made from its metadata; migrations run `statements`."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            guarding = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", guarding)


def statements(table: str, dialect: str) -> list[str]:
    """What makes the triggers of a table with a column `keep_until`, for "sqlite" or "postgresql".

    They refuse every UPDATE, and DELETE (with SQLite's REPLACE and PostgreSQL's TRUNCATE) of rows that must be kept;
    the error is an IntegrityError.
    """
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    return [
        f'CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON "{table}" {refuse}',
        f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON \"{table}\" WHEN OLD.keep_until >= date('now') {refuse}",
    ]


def _postgresql(table: str) -> list[str]:
    today = "CAST(now() AT TIME ZONE 'Europe/Berlin' AS date)"
    over = f"IF OLD.keep_until < {today} THEN RETURN OLD; END IF;"
    refuse = f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
    return [
        _function(f"{table}_never_changes", refuse),
        _function(f"{table}_is_kept", f"{over} {refuse}"),
        f'CREATE TRIGGER never_changes BEFORE UPDATE ON "{table}" FOR EACH ROW '
        f"EXECUTE FUNCTION {table}_never_changes()",
        f'CREATE TRIGGER is_kept BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()',
        f'CREATE TRIGGER is_not_emptied BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT '
        f"EXECUTE FUNCTION {table}_never_changes()",
    ]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
