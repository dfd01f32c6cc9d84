"""The journal takes every new row of the books in, and whoever tampers with it is found out."""

import ast
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, func, select

import shop.tables  # noqa: F401
from catalog.products import Variant
from checkout import fulfilment, journal, journal_check, orders, refunds
from checkout.cart import Cart
from checkout.journal import JournalEntry
from checkout.journal_check import Broken, Head
from checkout.journalled import JOURNALLED, NOT_JOURNALLED
from checkout.orders import Order
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, pay, place
from tests.make import NOW, make_fabric, make_variant

ROOT = Path(__file__).parents[2]


def nothing_gone(about: str, recorded_at: object) -> bool:
    return False


def verify(database: Database, *heads: Head) -> Broken | None:
    with database.reading() as session:
        return journal_check.verify(session, heads, nothing_gone)


def sell(database: Database) -> int:
    """An order of two lines that was paid and partly paid back; gives its id."""
    with database.writing() as session:
        wanted = [(make_fabric(session), 2, 150), (make_variant(session), 3, 1)]
        order = place(session, make_cart(session, *wanted))
    with database.writing() as session:
        pay(session, session.get_one(Order, id_of(order)))
    with database.writing() as session:
        bought = session.get_one(Order, id_of(order))
        fulfilment.cancel(session, bought, reason="Kundin wollte doch nicht", now=NOW, author="Ada")
    return id_of(order)


@pytest.fixture(scope="module")
def _sold(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which three orders were placed, paid and cancelled."""
    file = tmp_path_factory.mktemp("sold") / "shop.db"
    file.write_bytes(empty_database_file.read_bytes())
    database = Database(f"sqlite:///{file}")
    for _ in range(3):
        sell(database)
    database.close()
    return file


@pytest.fixture
def sold(_sold: Path, tmp_path: Path) -> Iterator[Database]:
    """Such a database of one's own."""
    (tmp_path / "sold.db").write_bytes(_sold.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'sold.db'}")
    yield database
    database.close()


def tamper(database: Database, *statements: str) -> None:
    """Change the database as somebody would who knows how: without the triggers, past the program."""
    with database.engine.execution_options(write=True).begin() as connection:
        for trigger in ("journalentry_never_changes", "journalentry_is_kept"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for statement in statements:
            connection.execute(text(statement))


def head_of(database: Database) -> Head:
    with database.reading() as session:
        return Head(*journal.head_of(session), at="22.11.2026")


def entries_about(database: Database, about: str) -> list[JournalEntry]:
    with database.reading() as session:
        return list(session.exec(select(JournalEntry).where(JournalEntry.about == about)).all())


def test_e13_every_table_is_journalled_or_says_why_not() -> None:
    assert set(SQLModel.metadata.tables) - {"deed"} == JOURNALLED.keys() | NOT_JOURNALLED.keys()
    assert not JOURNALLED.keys() & NOT_JOURNALLED.keys()
    assert all(len(reason) > 20 for reason in NOT_JOURNALLED.values())


@pytest.mark.parametrize("about", JOURNALLED)
def test_what_is_copied_are_columns_of_the_table(about: str) -> None:
    sheet, kept = SQLModel.metadata.tables[about], JOURNALLED[about]
    named = (kept.columns or frozenset()) | kept.without | kept.moves
    assert named <= {column.name for column in sheet.columns}
    assert all(kept.copies(name) for name in kept.moves)
    assert [column.name for column in sheet.primary_key] == ["id"]


@pytest.mark.parametrize("about", JOURNALLED)
def test_no_person_is_in_the_journal(about: str) -> None:
    """It stays longer than persons may: only who works in the shop is named, as `author`."""
    persons = {"name", "email", "phone", "street", "city", "postal_code", "company", "iban", "holder", "person",
               "token", "code", "key", "for_whom", "which_order", "tracking", "note", "text"}  # fmt: skip
    copied = {each.name for each in SQLModel.metadata.tables[about].columns if JOURNALLED[about].copies(each.name)}
    of_goods_or_shop = {"orderline": {"name"}, "allowance": {"key"}, "bankbooking": {"key"}}
    assert not (copied & persons) - of_goods_or_shop.get(about, set())


def test_e13_every_new_row_is_journalled_in_its_transaction(either_database: Database) -> None:
    order_id = sell(either_database)
    with either_database.reading() as session:
        said = {(entry.about, entry.row_id) for entry in session.exec(select(JournalEntry)).all()}
        for about in ("order", "orderline", "orderevent", "payment", "refund"):
            ids = set(session.execute(select(journal.sheet_of(about).c.id)).scalars())
            assert ids
            assert ids <= {row_id for of, row_id in said if of == about}, about
        events = orders.events_of(session, session.get_one(Order, order_id))
    authors = {entry.row_id: entry.author for entry in entries_about(either_database, "orderevent")}
    assert [authors[event.id] for event in events] == [event.author for event in events]
    assert verify(either_database) is None


def test_lines_that_are_added_all_at_once_are_in_it(sold: Database) -> None:
    with sold.reading() as session:
        lines = session.exec(select(func.count()).select_from(journal.sheet_of("orderline"))).one()
    assert lines == len(entries_about(sold, "orderline")) == 6


def test_what_has_no_author_is_said_by_who_did_the_rest(sold: Database) -> None:
    assert {entry.author for entry in entries_about(sold, "orderline")} == {orders.SHOPPER}


def test_e13_what_is_rolled_back_is_not_in_it(database: Database) -> None:
    with database.writing() as session:
        variant_id = id_of(make_variant(session))
    with database.write_session() as session:
        place(session, make_cart(session, (session.get_one(Variant, variant_id), 1, 1)))
        session.rollback()
        session.commit()
    assert head_of(database).number == 0
    with database.writing() as session:
        basket = make_cart(session, (session.get_one(Variant, variant_id), 1, 1))
        with session.begin_nested() as savepoint:
            place(session, basket)
            savepoint.rollback()
    assert head_of(database).number == 0
    assert verify(database) is None


def test_a_remark_goes_with_its_transaction(database: Database) -> None:
    said = journal.Remark(journal.ERASED, "order", {"rows": 3})
    with database.write_session() as session:
        session.connection()
        journal.remark(session, said)
        session.rollback()
        session.commit()
        assert journal.head_of(session) == (0, journal.GENESIS)
        journal.remark(session, said)
        session.commit()
        assert journal.head_of(session)[0] == 2  # the opening is the first


def test_rows_from_before_the_journal_are_no_fault_but_later_ones_are(sold: Database) -> None:
    tamper(sold, "DELETE FROM journalentry", f"UPDATE journalhead SET number = 0, hash = '{journal.GENESIS}'")
    sell(sold)
    assert verify(sold) is None
    tamper(
        sold, "INSERT INTO orderevent (order_id, happened_at, author, kind, note) VALUES (1, '2026-01-01', '', '', '')"
    )
    found = verify(sold)
    assert found is not None
    assert "am Programm vorbei" in found.sentence


@pytest.mark.parametrize(
    ("statements", "number", "words"),
    [
        (["UPDATE journalentry SET body = replace(body, 'total_cents', 'x_cents') WHERE number = 2"], 2, "geändert"),
        (["UPDATE journalentry SET author = 'Niemand' WHERE number = 7"], 7, "geändert"),
        (["UPDATE journalentry SET recorded_at = '2026-11-22 10:00:01.000000' WHERE number = 7"], 7, "geändert"),
        (["DELETE FROM journalentry WHERE number = 5"], 5, "fehlt"),
        (["DELETE FROM journalentry WHERE number = 1"], 2, "Anfang"),
        (
            ["UPDATE journalentry SET number = number + 1000 WHERE number > 5",
             "INSERT INTO journalentry SELECT 6, recorded_at, author, kind, about, row_id, body, hash, hash, "
             "keep_until FROM journalentry WHERE number = 5",
             "UPDATE journalentry SET number = number - 999 WHERE number > 1000"],
            6,
            "geändert",
        ),
        (
            ["UPDATE journalentry SET number = 9999 WHERE number = 4",
             "UPDATE journalentry SET number = 4 WHERE number = 5",
             "UPDATE journalentry SET number = 5 WHERE number = 9999"],
            4,
            "schließt nicht an",
        ),
    ],
    ids=["content", "author", "moment", "deleted", "first deleted", "inserted", "swapped"],
)  # fmt: skip
def test_e13_tampering_is_found_at_its_entry(sold: Database, statements: list[str], number: int, words: str) -> None:
    assert verify(sold) is None
    tamper(sold, *statements)
    found = verify(sold)
    assert found is not None
    assert (found.number, words in found.sentence) == (number, True), found


def test_e13_the_last_entry_is_guarded_as_the_others(sold: Database) -> None:
    last = head_of(sold)
    tamper(sold, f"UPDATE journalentry SET author = 'Niemand' WHERE number = {last.number}")
    found = verify(sold)
    assert found is not None
    assert found.number == last.number


def test_e13_an_end_that_was_cut_off_is_found(sold: Database) -> None:
    last = head_of(sold)
    tamper(sold, f"DELETE FROM journalentry WHERE number > {last.number - 3}")
    found = verify(sold)
    assert found is not None
    assert "Ende fehlt" in found.sentence


def test_e13_an_end_cut_off_with_head_and_rows_is_found_by_the_kept_head(sold: Database) -> None:
    last = head_of(sold)
    with sold.reading() as session:
        before = session.get_one(JournalEntry, last.number - 1)
        gone = session.get_one(JournalEntry, last.number)
    tamper(
        sold,
        f"DELETE FROM journalentry WHERE number = {last.number}",
        f"UPDATE journalhead SET number = {before.number}, hash = '{before.hash}'",
        f'DELETE FROM "{gone.about}" WHERE id = {gone.row_id}',
    )
    assert verify(sold) is None  # the database alone cannot know
    found = verify(sold, last)
    assert found is not None
    assert "22.11.2026" in found.sentence


def test_e13_a_journal_written_anew_is_found_by_the_kept_head(sold: Database) -> None:
    last = head_of(sold)
    rewritten = _rewritten(sold)
    assert rewritten.number == last.number
    assert verify(sold) is None
    found = verify(sold, last)
    assert found is not None
    assert "neu geschrieben" in found.sentence


def _rewritten(database: Database) -> Head:
    """All entries with another author and hashes that fit."""
    with database.reading() as session:
        entries = list(session.exec(select(JournalEntry).order_by(col(JournalEntry.number))).all())
    previous, statements = journal.GENESIS, []
    for entry in entries:
        entry.author = "Niemand"
        digest = journal.hash_of(previous, entry)
        statements.append(
            f"UPDATE journalentry SET author = 'Niemand', previous = '{previous}', hash = '{digest}' "
            f"WHERE number = {entry.number}"
        )
        previous = digest
    tamper(database, *statements, f"UPDATE journalhead SET hash = '{previous}'")
    return head_of(database)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ('UPDATE "order" SET total_cents = total_cents - 100 WHERE id = 2', "order Nr. 2 wurde geändert (total_cents)"),
        ("UPDATE orderevent SET author = 'Niemand' WHERE id = 1", "orderevent Nr. 1 wurde geändert (author)"),
        ("DELETE FROM refund WHERE id = 1", "refund Nr. 1 wurde gelöscht"),
    ],
)
def test_e13_a_row_that_was_changed_afterwards_is_found(sold: Database, statement: str, words: str) -> None:
    tamper(sold, statement)
    found = verify(sold)
    assert found is not None
    assert words in found.sentence


def test_what_may_move_may_move(sold: Database) -> None:
    with sold.writing() as session:
        refund = session.get_one(refunds.Refund, 1)
        refunds.settled(session, refund, now=NOW + timedelta(days=1), author="Ada")
        session.get_one(Order, 1).email = "anders@kundin.example"
    assert verify(sold) is None


def test_only_the_end_is_looked_at_where_that_is_wanted(sold: Database) -> None:
    tamper(sold, "UPDATE journalentry SET author = 'Niemand' WHERE number = 2")
    with sold.reading() as session:
        since = journal_check.newest(session, 5)
        assert journal_check.verify(session, [], nothing_gone, since=since) is None
        assert journal_check.verify(session, [], nothing_gone, since=2) is not None


@pytest.mark.parametrize("statement", ["UPDATE journalentry SET author = 'x'", "DELETE FROM journalentry"])
def test_e13_the_database_refuses_changes(either_database: Database, statement: str) -> None:
    sell(either_database)
    with pytest.raises(IntegrityError, match="never changed"), either_database.writing() as session:
        session.execute(text(statement))


def test_numbers_have_no_gaps_when_many_write_at_once(either_database: Database) -> None:
    with either_database.writing() as session:
        variant = make_variant(session, on_hand=100)
        carts = [make_cart(session, (variant, 1, 1)) for _ in range(8)]
    ids = [id_of(each) for each in carts]
    in_threads(8, lambda which: _place(either_database, ids[which]))
    with either_database.reading() as session:
        numbers = list(session.exec(select(JournalEntry.number).order_by(col(JournalEntry.number))).all())
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(entries_about(either_database, "order")) == 8
    assert verify(either_database) is None


def _place(database: Database, cart_id: int) -> None:
    with database.writing() as session:
        place(session, session.get_one(Cart, cart_id))


@pytest.mark.postgres
def test_nobody_waits_for_an_order_that_is_being_placed(postgres_database: Database) -> None:
    """The head is locked only at the end: another order comes to its end while a slow one is in its transaction."""
    with postgres_database.writing() as session:
        variants = [make_variant(session) for _ in range(2)]
        slow, quick = [make_cart(session, (variant, 1, 1)) for variant in variants]
    with postgres_database.write_session() as first:
        place(first, first.get_one(Cart, id_of(slow)))
        other = threading.Thread(target=_place, args=(postgres_database, id_of(quick)))
        other.start()
        other.join(timeout=10)
        assert not other.is_alive()
        first.commit()
    assert verify(postgres_database) is None


def test_e13_no_bulk_insert_slips_past_the_journal() -> None:
    """Rows of the books are written by the session alone, which tells the journal: never by SQL of one's own."""
    models = {model.__tablename__: model.__name__ for model in _models()}
    forbidden = {models[about] for about in JOURNALLED}
    for file in [file for floor in ("catalog", "checkout", "shop") for file in ROOT.glob(f"{floor}/**/*.py")]:
        source = file.read_text("utf-8")
        if "migrations" in file.parts or not ("insert(" in source or "bulk_" in source):
            continue
        for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
            named = {each.id for each in call.args if isinstance(each, ast.Name)}
            how = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            assert not (how == "insert" and named & forbidden), f"{file}: {ast.unparse(call)}"
            assert how not in ("bulk_save_objects", "bulk_insert_mappings"), file


def _models() -> list[type[SQLModel]]:
    found: list[type[SQLModel]] = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    return found
