"""A backup holds everything, comes back whole, and lets nothing foreign in."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlmodel import select

from catalog import images
from catalog.products import Product
from shop import backup, occupancy, preparing
from shop.db import Database
from shop.settings import Settings, read_settings
from tests.make import NOW, make_fabric


@pytest.fixture
def shop(empty_shop: Path) -> Iterator[tuple[Settings, Database]]:
    """A shop with one fabric and its picture."""
    settings = read_settings(empty_shop, {})
    database = Database(settings.database_url)
    with database.writing() as session:
        fabric = make_fabric(session, "Cord Ziegelrot")
        stored = images.store(settings.media, _picture())
        images.attach(session, fabric.product_id, stored, alt="", now=NOW)
    yield settings, database
    database.close()


def test_a_backup_comes_back_whole(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    settings, database = shop
    file = backup.make(settings, database, NOW)
    backup.restore(file, tmp_path / "new")
    restored = read_settings(tmp_path / "new", {})
    preparing.renew(restored, say=lambda said: None)
    reopened = Database(restored.database_url)
    with reopened.reading() as session:
        assert session.exec(select(Product.name)).all() == ["Cord Ziegelrot"]
        assert images.missing(session, restored.media) == []
        picture_hash = session.exec(select(images.Picture.hash)).one()
    assert images.original_of(restored.media, picture_hash).read_bytes()
    assert (restored.index).is_dir()
    reopened.close()


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_behind(shop: tuple[Settings, Database]) -> None:
    file = backup.make(*shop, NOW)
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in file.parent.iterdir()] == ["dorfladen-2026-11-22-110000.zip"]


def test_secrets_stay_out_of_a_backup(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    settings, database = shop
    (settings.data / "settings.toml").write_text('url = "https://a.example"\nstripe_secret_key = "sk_test_geheim"\n')
    file = backup.make(settings, database, NOW)
    with zipfile.ZipFile(file) as opened:
        assert all(b"sk_test_geheim" not in opened.read(name) for name in opened.namelist())
        assert "secret.key" not in opened.namelist()
    assert backup.restore(file, tmp_path / "new") == ["stripe_secret_key"]
    assert read_settings(tmp_path / "new", {}).url == "https://a.example"


def test_a_shop_is_not_overwritten_unasked(shop: tuple[Settings, Database]) -> None:
    settings, database = shop
    file = backup.make(settings, database, NOW)
    with pytest.raises(backup.FolderInUse, match="--force"):
        backup.restore(file, settings.data)


def test_a_forced_restore_puts_the_old_shop_aside(shop: tuple[Settings, Database]) -> None:
    settings, database = shop
    file = backup.make(settings, database, NOW)
    database.close()
    backup.restore(file, settings.data, force=True)
    aside = next((settings.data / "backups").glob("before-restore-*"))
    assert (aside / "shop.db").is_file()
    assert (aside / "media").is_dir()
    assert file.is_file()


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/evil", "media/originals/../../evil", "index/current.json", "index/0/_MAIN_1.toc", "x.py"],
)
def test_foreign_files_are_refused(shop: tuple[Settings, Database], tmp_path: Path, name: str) -> None:
    file = _with(backup.make(*shop, NOW), tmp_path, {name: b"evil"}, is_promised=True)
    with pytest.raises(backup.NotABackup, match="Fremdes"):
        backup.restore(file, tmp_path / "new")
    assert [each.name for each in (tmp_path / "new").iterdir()] == [occupancy.LOCK]
    assert not (tmp_path / "evil.py").exists()


def test_added_files_are_refused(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    file = _with(backup.make(*shop, NOW), tmp_path, {"more.txt": b"more"}, is_promised=False)
    with pytest.raises(backup.NotABackup, match="hinzugefügt"):
        backup.restore(file, tmp_path / "new")


def test_a_damaged_backup_is_refused(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    whole = backup.make(*shop, NOW).read_bytes()
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(backup.NotABackup):
        backup.restore(damaged, tmp_path / "new")


def test_a_flipped_bit_is_noticed(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    whole = bytearray(backup.make(*shop, NOW).read_bytes())
    whole[len(whole) // 3] ^= 1
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(whole)
    with pytest.raises(backup.NotABackup):
        backup.restore(damaged, tmp_path / "new")


def test_a_flipped_bit_anywhere_ends_in_a_sentence(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    whole = backup.make(*shop, NOW).read_bytes()
    damaged = tmp_path / "damaged.zip"
    for place in range(0, len(whole), len(whole) // 60):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(backup.NotABackup):  # some bytes, a date among them, mean nothing to us
            backup.restore(damaged, tmp_path / f"new-{place}")


@pytest.mark.parametrize("manifest", ["[]", "7", '{"format": 1}', '{"format": 1, "files": {}}', "[" * 100_000])
def test_a_manifest_of_another_kind_is_refused(tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr(backup.MANIFEST, manifest)
    with pytest.raises(backup.NotABackup):
        backup.restore(tmp_path / "other.zip", tmp_path / "new")


def test_what_would_fill_the_disk_is_not_unpacked(
    shop: tuple[Settings, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backup.make(*shop, NOW)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000))
    with pytest.raises(backup.NotABackup, match="zu wenig Platz"):
        backup.restore(file, tmp_path / "new")


def test_an_open_shop_is_not_replaced(shop: tuple[Settings, Database]) -> None:
    settings, database = shop
    file = backup.make(settings, database, NOW)
    with occupancy.open_in(settings.data), pytest.raises(occupancy.ShopIsOpen, match="gerade geöffnet"):
        backup.restore(file, settings.data, force=True)
    assert (settings.data / "shop.db").is_file()
    database.close()
    backup.restore(file, settings.data, force=True)


def test_what_a_killed_backup_left_goes_with_the_next(shop: tuple[Settings, Database]) -> None:
    settings, database = shop
    folder = settings.data / "backups"
    (folder / "making-abc").mkdir(parents=True)
    (folder / "making-abc" / "shop.db").touch()
    (folder / "dorfladen-2026-11-20-030000.part").touch()
    for leftover in list(folder.iterdir()):
        os.utime(leftover, (0, 0))
    (folder / "dorfladen-2026-11-22-105959.part").touch()  # another one that is at work
    backup.make(settings, database, datetime.now(UTC))
    assert [file.suffix for file in sorted(folder.iterdir())] == [".part", ".zip"]


def test_postgresql_is_told_about_pg_dump(shop: tuple[Settings, Database]) -> None:
    settings, database = shop
    database.is_sqlite = False
    with pytest.raises(backup.BackupRefused, match="pg_dump"):
        backup.make(settings, database, NOW)
    database.is_sqlite = True


def test_a_backup_is_taken_while_the_shop_writes(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    settings, database = shop
    with database.writing() as session:
        make_fabric(session, "Noch nicht da")
        session.flush()
        file = backup.make(settings, database, NOW)
        session.rollback()
    backup.restore(file, tmp_path / "new")
    restored = Database(f"sqlite:///{tmp_path / 'new' / 'shop.db'}")
    with restored.reading() as session:
        assert session.exec(select(Product.name)).all() == ["Cord Ziegelrot"]
    restored.close()


def test_old_backups_go_but_one_of_each_month_stays(settings: Settings) -> None:
    folder = settings.data / "backups"
    folder.mkdir()
    days = [date(2026, 11, 22) - timedelta(days=count) for count in range(90)]
    for day in days:
        (folder / f"dorfladen-{day}-030000.zip").touch()
    (folder / "mein-eigenes.zip").touch()
    backup.prune(settings)
    kept = {file.name for file in folder.iterdir()}
    assert {f"dorfladen-{day}-030000.zip" for day in days[:14]} < kept
    assert {"dorfladen-2026-10-31-030000.zip", "dorfladen-2026-09-30-030000.zip", "mein-eigenes.zip"} < kept
    assert len(kept) == 14 + 3 + 1


def test_a_newer_shops_backup_is_refused(shop: tuple[Settings, Database], tmp_path: Path) -> None:
    settings, database = shop
    from sqlalchemy import text

    with database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Exception, match="neueren Version"):
        backup.make(replace(settings), database, NOW)


def _picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (400, 300), "chocolate").save(file, "JPEG")
    return file.getvalue()


def _with(file: Path, folder: Path, more: dict[str, bytes], *, is_promised: bool) -> Path:
    """A copy of a backup with more files, which its manifest knows if they are promised."""
    import hashlib

    changed = folder / "changed.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == backup.MANIFEST and is_promised:
                told = json.loads(content)
                told["files"] |= {each: hashlib.sha256(data).hexdigest() for each, data in more.items()}
                content = json.dumps(told).encode()
            new.writestr(name, content)
        for name, data in more.items():
            new.writestr(name, data)
    return changed
