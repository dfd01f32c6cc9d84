"""The database is set up so that money survives: WAL, FULL, foreign keys, one writer at a time."""

import gc
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, select

from catalog.products import Variant
from shop.db import SAFE_SQLITE, Database, sqlite_module
from shop.writers import Busy
from tests.make import make_variant


def pragma(session: Session, name: str) -> object:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_is_new_enough_to_keep_what_two_writers_wrote() -> None:
    assert sqlite_module().sqlite_version_info >= SAFE_SQLITE


def test_sqlite_is_set_up_for_money(database: Database) -> None:
    with database.reading() as session:
        assert pragma(session, "journal_mode") == "wal"
        assert pragma(session, "synchronous") == 2, "FULL: committed means on disk"
        assert pragma(session, "foreign_keys") == 1
        assert pragma(session, "busy_timeout") == 10_000


def test_foreign_keys_are_kept(either_database: Database) -> None:
    with pytest.raises(IntegrityError), either_database.writing() as session:
        session.add(Variant(product_id=999, sku="X", price_cents=1))


def test_the_database_itself_refuses_to_oversell(either_database: Database) -> None:
    with either_database.writing() as session:
        variant = make_variant(session, on_hand=5)
        variant_id = variant.id
    with pytest.raises(IntegrityError), either_database.writing() as session:
        session.connection().execute(text("UPDATE variant SET held = 6 WHERE id = :id"), {"id": variant_id})


def test_writers_queue_instead_of_failing(either_database: Database) -> None:
    """Eight threads read a number and write it back increased: nothing is lost, nobody is refused."""
    with either_database.writing() as session:
        variant_id = make_variant(session, on_hand=0).id
    problems: list[BaseException] = []

    def add_ten() -> None:
        try:
            for _ in range(10):
                with either_database.writing() as session:
                    query = select(Variant).where(Variant.id == variant_id).with_for_update()
                    variant = session.exec(query).one()
                    variant.on_hand += 1
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with either_database.reading() as session:
        assert session.exec(select(Variant.on_hand).where(Variant.id == variant_id)).one() == 80


def test_a_failed_block_leaves_nothing_and_frees_the_queue(database: Database) -> None:
    def fail_halfway() -> None:
        with database.writing() as session:
            make_variant(session, sku="GONE")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with database.writing() as session:
        assert session.exec(select(Variant).where(Variant.sku == "GONE")).first() is None


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as writer:
        make_variant(writer, sku="NEW")
        with database.reading() as reader:
            assert reader.exec(select(Variant)).all() == []


def test_who_will_not_wait_is_told_at_once_that_somebody_is_writing(database: Database) -> None:
    def write_at_once() -> None:
        with database.writing_at_once() as session:
            make_variant(session, sku="AT-ONCE")

    with database.writing() as session:
        make_variant(session, sku="FIRST")
        with ThreadPoolExecutor() as threads, pytest.raises(Busy):
            threads.submit(write_at_once).result(timeout=5)
    write_at_once()
    with database.reading() as session:
        assert session.exec(select(Variant.sku).order_by(Variant.sku)).all() == ["AT-ONCE", "FIRST"]


@pytest.mark.postgres
def test_who_will_not_wait_is_not_held_up_by_a_row_that_another_changes(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        variant_id = make_variant(session).id
    change = update(Variant).where(col(Variant.id) == variant_id).values(on_hand=1)

    def change_at_once() -> None:
        with postgres_database.writing_at_once() as session:
            session.exec(change)

    with postgres_database.writing() as session:
        session.exec(change)
        with ThreadPoolExecutor() as threads, pytest.raises(OperationalError, match="lock timeout"):
            threads.submit(change_at_once).result(timeout=5)
    change_at_once()


def test_two_databases_do_not_share_a_queue(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with database.writing() as session, other.writing() as second:
        make_variant(session)
        second.connection().execute(text("CREATE TABLE t (x INTEGER)"))
    other.close()


def in_another_thread(work: Callable[[], object]) -> None:
    """Do something in a thread that may take five seconds: a writer that hangs must not hang the tests."""
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(5)
    assert done, "it hangs or has failed"


def write_something(database: Database) -> None:
    with database.writing() as session:
        make_variant(session)


def test_a_thread_that_writes_within_writing_is_told_so_instead_of_hanging(either_database: Database) -> None:
    def nest() -> None:
        with either_database.writing() as session:
            make_variant(session, sku="OUTER")
            with pytest.raises(RuntimeError, match="writing transaction open"):
                write_something(either_database)

    in_another_thread(nest)
    with either_database.writing() as session:
        assert session.exec(select(Variant.sku)).all() == ["OUTER"]


def test_a_thread_may_write_again_once_it_has_committed(either_database: Database) -> None:
    def one_after_the_other() -> None:
        with either_database.write_session() as session:
            make_variant(session)
            session.commit()
            write_something(either_database)

    in_another_thread(one_after_the_other)


def test_a_session_that_is_thrown_away_does_not_keep_the_queue(database: Database) -> None:
    """The pool takes its connection back without an event of rollback."""
    thrown_away = database.engine.execution_options(write=True).connect()
    thrown_away.exec_driver_sql("SELECT 1")
    fairy = thrown_away.connection
    del thrown_away
    fairy.close()
    del fairy
    gc.collect()
    in_another_thread(lambda: write_something(database))


def test_a_commit_that_fails_keeps_neither_the_queue_nor_its_transaction(database: Database) -> None:
    with database.write_session() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        session.add(Variant(product_id=999, sku="X", price_cents=1))
        with pytest.raises(IntegrityError):
            session.commit()
    write_something(database)
    in_another_thread(lambda: write_something(database))


def test_the_next_writer_waits_until_the_commit_has_reached_the_disk(database: Database) -> None:
    """Else two commits, and the checkpoints that follow them, would meet in spite of the queue."""
    seen: list[str] = []
    joined = threading.Event()

    def write(name: str) -> None:
        with database.writing() as session:
            session.connection()
            seen.append(f"{name} begins")
            joined.set()
            make_variant(session)
            connection = session.connection().connection.driver_connection
            assert connection is not None
            connection.set_trace_callback(lambda said: seen.append(f"{name} {said}") if said == "COMMIT" else None)
        connection.set_trace_callback(None)

    first, second = (threading.Thread(target=write, args=(name,)) for name in "AB")
    first.start()
    joined.wait(5)
    second.start()
    first.join()
    second.join()
    assert seen == ["A begins", "A COMMIT", "B begins", "B COMMIT"]


def test_a_process_that_dies_while_writing_lets_the_others_write(database: Database) -> None:
    url = database.url
    database.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        own = Database(url).write_session()
        make_variant(own, sku="LOST")
        os.write(writing, b"!")
        signal.pause()
    os.read(reading, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    in_another_thread(lambda: write_something(database))
    with database.reading() as session:
        assert session.exec(select(Variant).where(Variant.sku == "LOST")).first() is None
