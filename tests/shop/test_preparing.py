"""A set-up that was interrupted goes on; one that is finished is left alone."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import delete, select

from catalog import images, kinds
from catalog.kinds import GoodsKind
from catalog.search.engines.whoosh_engine import WhooshEngine
from shop import migrating, preparing
from shop.accounts import Account
from shop.app import create_shop
from shop.db import Database
from shop.profile import Profile
from shop.readiness import is_ready, newest_step
from shop.settings import read_settings
from tests.make import NOW, make_product
from tests.shop.index_upkeep import catch_up


def silently(said: str) -> None:
    pass


def test_an_interrupted_set_up_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "laden", {})
    database = Database(settings.database_url)
    migrating.upgrade(database)
    preparing.fill(settings, database, "", silently)
    preparing.fill(settings, database, preparing.DEMO, silently)  # the row that describes the shop stands already
    ready = preparing.prepare(settings, demo="", say=silently)
    assert ready.password
    with database.reading() as session:
        assert [each.is_open for each in session.exec(select(Profile)).all()] == [False]  # her to open
        assert session.exec(select(Account.name)).all() == [preparing.OWNER]
    database.close()


def test_a_finished_shop_keeps_its_password(empty_shop: Path) -> None:
    ready = preparing.prepare(read_settings(empty_shop, {}), demo="", say=silently)
    assert ready.password == ""


def test_a_shop_opens_without_its_index_and_the_worker_builds_it(empty_shop: Path) -> None:
    settings = read_settings(empty_shop, {})
    shutil.rmtree(settings.index)
    assert is_ready(settings)
    app = create_shop(settings)
    catch_up(app)
    app.extensions["dorfladen"].database.close()
    assert WhooshEngine(settings.index).last_change is not None


def test_an_older_database_is_copied_before_it_is_upgraded(empty_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(empty_shop, {})
    database = Database(settings.database_url)
    monkeypatch.setattr(migrating, "is_current", lambda database: False)
    said: list[str] = []
    assert preparing.upgrade(settings, database, said.append)
    assert "neuesten Stand" in said[0]
    assert len(list((settings.data / "backups").glob(f"before-upgrade-from-{newest_step()}-*.db"))) == 1
    database.close()


def test_an_upgraded_shop_knows_the_kinds_of_goods(empty_shop: Path) -> None:
    database = Database(read_settings(empty_shop, {}).database_url)
    with database.writing() as session:
        session.exec(delete(GoodsKind))
    preparing.know_goods(database)
    with database.reading() as session:
        assert "fabric" in kinds.textile_keys(session)
        before = len(kinds.of(session))
    with database.writing() as session:
        kinds.remove(session, kinds.of(session)[-1])
    preparing.know_goods(database)
    with database.reading() as session:
        assert len(kinds.of(session)) == before - 1, "what the owner removed stays removed"
    database.close()


def test_a_folder_without_shop_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(preparing.NotSetUp, match="init"):
        preparing.open_database(read_settings(tmp_path / "leer", {}))


def test_sizes_are_made_of_every_picture_that_can_be_read(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_settings(tmp_path / "data", {})
    with database.writing() as session:
        for colour in ("red", "blue"):
            png = BytesIO()
            Image.new("RGB", (40, 30), colour).save(png, "PNG")
            stored = images.store(settings.media, png.getvalue())
            images.attach(session, make_product(session).id or 0, stored, alt="", now=NOW)
    shutil.rmtree(settings.media / "sizes")  # as in a shop that was restored
    images.original_of(settings.media, stored.hash).write_bytes(b"damaged")
    preparing.make_pictures(settings, database)
    with database.reading() as session:
        assert images.missing(session, settings.media) == [stored.hash]
    assert stored.hash in caplog.text
