"""The database is set up so that money survives: WAL, FULL, foreign keys, one writer at a time."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from catalog.products import Variant
from shop.db import SAFE_SQLITE, Database, sqlite_module
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


def test_two_databases_do_not_share_a_queue(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with database.writing() as session, other.writing() as second:
        make_variant(session)
        second.connection().execute(text("CREATE TABLE t (x INTEGER)"))
    other.close()
