"""Every table and column says whether it holds something about a person, and what becomes of it."""

from collections import Counter

from sqlmodel import SQLModel

from checkout.journalled import JOURNALLED
from shop import letters
from shop.personal import holdings, identity, without, words


def _held() -> set[str]:
    return {str(held.table.__tablename__) for held in holdings.ALL}


def _columns(held: holdings.Held) -> set[str]:
    return {column.name for column in SQLModel.metadata.tables[str(held.table.__tablename__)].columns}


def test_f05_every_table_is_held_of_somebody_or_says_why_not() -> None:
    known = _held() | set(without.TABLES)
    tables = set(SQLModel.metadata.tables) - {"deed"}  # of a test
    assert tables - known == set(), "say in holdings.py or without.py what stands in it"
    assert known - tables == set(), "there is no such table (any more)"
    assert _held() & set(without.TABLES) == set()
    often = Counter(held.table.__tablename__ for held in holdings.ALL)
    assert {table for table, times in often.items() if times > 1} == {"letter"}, "told of twice"
    assert all(reason for reason in without.TABLES.values())


def test_every_column_has_a_german_heading_or_tells_nothing() -> None:
    columns = {
        column.name
        for held in holdings.ALL
        for column in SQLModel.metadata.tables[str(held.table.__tablename__)].columns
    }
    assert columns - set(words.LABELS) - words.SILENT == set(), "say in words.py what it is called"
    assert set(words.LABELS) & words.SILENT == set()


def test_no_secret_and_no_address_of_a_page_is_handed_out() -> None:
    assert {"token", "checkout_key", "browser", "session_url", "declaration_key", "idempotency_key"} <= words.SILENT


def test_what_is_kept_hangs_on_a_row_that_can_be_locked() -> None:
    roots = {str(held.table.__tablename__) for held in holdings.ALL if held.is_root}
    assert roots == {"order", "withdrawal", "letter", "bankbooking"}
    hooks = {"order_id", "shipment_id", "return_id", "withdrawal_id", "invoice_id"}
    alone = {"lockedrow", "subscription"}  # the lock itself, and a proof that no page shows any more
    for held in (each for each in holdings.ALL if each.kept and not each.is_root):
        assert _columns(held) & hooks or held.table.__tablename__ in alone, held.table


def test_letters_about_anything_of_hers_are_found() -> None:
    owners = {"test", "issue", "law"}
    assert {kind.about for kind in letters.LETTERS.values()} - owners <= identity.ABOUTS


def test_the_journal_that_nobody_may_change_names_nobody() -> None:
    of_people = {"email", "phone", "street", "postal_code", "city", "billing_name", "billing_street", "iban", "holder",
                 "note", "for_whom", "recipient", "person", "once", "which_order", "tracking"}  # fmt: skip
    for table, kept in JOURNALLED.items():
        columns = {column.name for column in SQLModel.metadata.tables[table].columns if kept.copies(column.name)}
        assert columns & of_people == set(), table
        assert "name" not in columns or table == "orderline", table
