"""The whole shop as one ZIP file, and back.

A backup holds the database (a consistent copy, taken while the shop is open), the original pictures, the official
ones, the invoices as files, and the settings without their secrets: passwords and keys of other services are set
anew after a restore, so a lost stick does not give them away. Thumbnails and the search index are made again.
"""

import hashlib
import json
import re
import shutil
import tempfile
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from sqlalchemy import make_url

from catalog.refusals import Refusal
from shop import migrating, occupancy, stripe_keys
from shop.db import Database, sqlite_module, sqlite_url
from shop.formats import BERLIN
from shop.settings import Settings

MANIFEST = "dorfladen.json"
SECRETS = ("smtp_url", "stripe_secret_key", "stripe_webhook_secrets", "secret_key", "database_url")
KEPT = 14  # backups; beside them one of each month for a year
_KEPT_MONTHS = 12
_NAME = re.compile(r"dorfladen-(\d{4}-\d{2})-\d{2}-\d{6}\.zip")
_ALLOWED = re.compile(
    r"shop\.db|settings\.toml|(?:media/originals/[0-9a-f]{2}|artwork)/[0-9a-f]{64}\.[a-z]{3,4}"
    r"|papers/\d{4}/[A-Z][A-Z0-9-]{3,40}\.(?:pdf|xml)"
)
_BROKEN = (OSError, BadZipFile, RuntimeError, EOFError, zlib.error)  # what reading a damaged ZIP raises
_LARGEST_MANIFEST = 64 * 1024 * 1024  # half a million pictures
_UNFINISHED = ("dorfladen-*.part", "making-*")
_STALE = timedelta(days=1)
_REPLACED = (
    "shop.db",
    "shop.db-wal",
    "shop.db-shm",
    "media",
    "artwork",
    "papers",
    "index",
    "settings.toml",
    "journal-heads.jsonl",
)


class BackupRefused(Refusal):
    """No backup can be made here in this way."""


class NotABackup(Refusal):
    """The file is no backup of ours, or damaged, or something has been added to it."""


class FolderInUse(Refusal):
    """There is a shop already where the backup should go."""


def make(settings: Settings, database: Database, now: datetime, folder: Path | None = None) -> Path:
    """Write a backup, read it back, and give its path. Raises BackupRefused, NotABackup."""
    if not database.is_sqlite:
        raise BackupRefused(
            "Diese Datenbank läuft auf PostgreSQL. Bitte sichern Sie sie mit pg_dump und dazu die Ordner media/, "
            "artwork/ und papers/."
        )
    target = (folder or settings.data / "backups") / f"dorfladen-{now.astimezone(BERLIN):%Y-%m-%d-%H%M%S}.zip"
    target.parent.mkdir(exist_ok=True, mode=0o700, parents=True)
    _clear_unfinished(target.parent, now - _STALE)
    unfinished = target.with_suffix(".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as workplace:
            copy = Path(workplace) / "shop.db"
            copy_database(database, copy)
            _write(unfinished, copy, settings, now)
        with ZipFile(unfinished) as backup:
            for _ in _read_checked(backup):
                pass
        unfinished.chmod(0o600)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def copy_database(database: Database, target: Path) -> None:
    """A consistent copy of a SQLite database that is being used, whole and checked."""
    source_file = make_url(database.url).database
    module = sqlite_module()
    with closing(module.connect(source_file)) as source, closing(module.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    _check_database(target)


def restore(file: Path, data: Path, *, force: bool = False) -> list[str]:
    """Bring a backup into a data folder, and give the settings whose secrets must be set anew.

    What is there moves to backups/before-restore-…, nothing is deleted. The index and the thumbnails
    are missing afterwards (shop/preparing.py makes them). Raises NotABackup, FolderInUse,
    occupancy.ShopIsOpen, migrating.NewerDatabase.
    """
    if not force and any((data / name).exists() for name in ("shop.db", "media", "settings.toml")):
        raise FolderInUse(f"In {data} liegt schon ein Laden. Mit --force kommt er zur Seite und die Sicherung hinein.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with occupancy.alone_in(data), tempfile.TemporaryDirectory(dir=data, prefix="restoring-") as name:
        workplace = Path(name)
        left_out = _unpack(file, workplace)
        _put_aside(data, data / "backups" / f"before-restore-{_stamp(workplace)}")
        for entry in workplace.iterdir():
            entry.replace(data / entry.name)
    return left_out


def is_there_for(settings: Settings, day: date) -> bool:
    """Whether there is a backup of a day (in Berlin)."""
    return any((settings.data / "backups").glob(f"dorfladen-{day}-*.zip"))


def newest(settings: Settings) -> Path | None:
    """The newest backup; None if there is none."""
    return next(iter(_all(settings)), None)


def prune(settings: Settings) -> None:
    """Delete old backups, but keep the newest ones and the newest of each month."""
    backups = _all(settings)
    months: dict[str, Path] = {}
    for file in backups:
        months.setdefault(file.name[10:17], file)
    kept = {*backups[:KEPT], *list(months.values())[:_KEPT_MONTHS]}
    for file in backups:
        if file not in kept:
            file.unlink()


def _clear_unfinished(folder: Path, before: datetime) -> None:
    """Remove what a backup has left behind that was killed: else each one takes its room for ever."""
    for leftover in (each for pattern in _UNFINISHED for each in folder.glob(pattern)):
        if leftover.stat().st_mtime >= before.timestamp():
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _all(settings: Settings) -> list[Path]:
    """All backups that we named, newest first."""
    files = (settings.data / "backups").glob("dorfladen-*.zip")
    return sorted((file for file in files if _NAME.fullmatch(file.name)), reverse=True)


def _write(target: Path, database_copy: Path, settings: Settings, now: datetime) -> None:
    hashes: dict[str, str] = {}
    told, left_out = _settings_without_secrets(settings.data / "settings.toml")
    if (settings.data / stripe_keys.FILE).exists():
        left_out.append("stripe_secret_key")
    with ZipFile(target, "w", ZIP_DEFLATED) as backup:
        hashes["shop.db"] = _add(backup, database_copy, "shop.db", ZIP_DEFLATED)
        for original in sorted((settings.media / "originals").glob("*/*")):
            name = f"media/originals/{original.parent.name}/{original.name}"
            if _ALLOWED.fullmatch(name):
                hashes[name] = _add(backup, original, name, ZIP_STORED)
        for file in sorted(settings.artwork.glob("*")):
            if _ALLOWED.fullmatch(f"artwork/{file.name}"):
                hashes[f"artwork/{file.name}"] = _add(backup, file, f"artwork/{file.name}", ZIP_STORED)
        for paper in sorted(settings.papers.glob("*/*")):
            name = f"papers/{paper.parent.name}/{paper.name}"
            if _ALLOWED.fullmatch(name):
                hashes[name] = _add(backup, paper, name, ZIP_STORED)
        if told:
            backup.writestr("settings.toml", told)
            hashes["settings.toml"] = hashlib.sha256(told.encode()).hexdigest()
        about = {
            "format": 1,
            "made_at": now.isoformat(),
            "left_out": left_out,
            "files": hashes,
            "journal": _journal_head(database_copy),
        }
        backup.writestr(MANIFEST, json.dumps(about, indent=1))


def _journal_head(database_copy: Path) -> dict[str, Any]:
    """The last entry of the journal: a backup that lies elsewhere proves how the books stood."""
    with closing(sqlite_module().connect(database_copy)) as connection:
        found = connection.execute("SELECT number, hash FROM journalhead").fetchone()
    return {"number": found[0], "hash": found[1]} if found else {"number": 0, "hash": ""}


def journal_heads(settings: Settings) -> list[tuple[int, str, str]]:
    """(number, hash, moment) of the journal's last entry in each backup that is there; damaged ones are left out."""
    heads = []
    for file in _all(settings):
        with suppress(NotABackup, *_BROKEN):
            with ZipFile(file) as backup:
                told = _manifest(backup)
            head = told.get("journal") or {}
            if head.get("number"):
                heads.append((int(head["number"]), str(head["hash"]), str(told.get("made_at", ""))))
    return heads


def _add(backup: ZipFile, file: Path, name: str, compression: int) -> str:
    """Add a file and give the hash of what was read."""
    digest = hashlib.sha256()
    about = ZipInfo.from_file(file, name)
    about.compress_type = compression
    with file.open("rb") as source, backup.open(about, "w", force_zip64=True) as target:
        for block in iter(lambda: source.read(1 << 20), b""):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def _settings_without_secrets(file: Path) -> tuple[str, list[str]]:
    """The settings as TOML without those that are secret, and the names of the ones left out."""
    if not file.exists():
        return "", []
    values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if name not in SECRETS
    ]
    return "\n".join([*lines, ""]), [name for name in values if name in SECRETS]


def _unpack(file: Path, folder: Path) -> list[str]:
    """Unpack a backup whose every file is as its manifest says, and give the settings left out of it."""
    try:
        with ZipFile(file) as backup:
            _check_room(backup, folder)
            for name, content in _read_checked(backup):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with target.open("wb") as unpacked:
                    shutil.copyfileobj(content, unpacked)
            left_out: list[str] = _manifest(backup)["left_out"]
    except _BROKEN as error:
        raise NotABackup(f"{file.name} lässt sich nicht als Sicherung lesen: {error}") from error
    _check_database(folder / "shop.db")
    return left_out


def _check_room(backup: ZipFile, folder: Path) -> None:
    """Refuse what would fill the disk. No more is ever unpacked of a file than its entry in the ZIP says."""
    needed, free = sum(each.file_size for each in backup.infolist()), shutil.disk_usage(folder).free
    if needed > free:
        raise NotABackup(
            f"Auf der Platte ist zu wenig Platz: Ausgepackt sind es {needed // 1_000_000} MB, "
            f"frei sind {free // 1_000_000} MB."
        )


def _read_checked(backup: ZipFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Each file of a backup, its name allowed and its content as promised. Raises NotABackup."""
    promised: dict[str, str] = _manifest(backup)["files"]
    if set(backup.namelist()) != {*promised, MANIFEST} or "shop.db" not in promised:
        raise NotABackup("Die Sicherung ist unvollständig, oder es wurde etwas hinzugefügt.")
    for name, promised_hash in promised.items():
        if not _ALLOWED.fullmatch(name):
            raise NotABackup(f"Die Sicherung enthält etwas Fremdes: {name}")
        with backup.open(name) as content:
            if _hash(content) != promised_hash:
                raise NotABackup(f"In der Sicherung ist {name} beschädigt.")
        with backup.open(name) as content:
            yield name, content


def _hash(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for block in iter(lambda: content.read(1 << 20), b""):
        digest.update(block)
    return digest.hexdigest()


def _manifest(backup: ZipFile) -> dict[str, Any]:
    try:
        if backup.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise NotABackup("Das ist keine Sicherung dieses Programms.")
        told = json.loads(backup.read(MANIFEST))
    except (KeyError, ValueError, RecursionError) as error:
        raise NotABackup("Das ist keine Sicherung dieses Programms.") from error
    kinds = {"format": int, "files": dict, "left_out": list}
    if not isinstance(told, dict) or not all(isinstance(told.get(name), kind) for name, kind in kinds.items()):
        raise NotABackup("Das ist keine Sicherung dieses Programms.")
    if told["format"] != 1:
        raise NotABackup("Diese Art von Sicherung kennt das Programm nicht. Ist sie von einer neueren Version?")
    return told


def _check_database(file: Path) -> None:
    """Refuse a damaged database, and one from the future."""
    with closing(sqlite_module().connect(file)) as connection:
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite_module().DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise NotABackup(f"Die Datenbank ist beschädigt: {verdict}")
    database = Database(sqlite_url(file))
    try:
        migrating.is_current(database)
    finally:
        database.close()
        for leftover in ("-wal", "-shm", ".lock"):
            Path(f"{file}{leftover}").unlink(missing_ok=True)


def _put_aside(data: Path, aside: Path) -> None:
    present = [data / name for name in _REPLACED if (data / name).exists()]
    if present:
        aside.mkdir(parents=True, mode=0o700)
    for entry in present:
        entry.replace(aside / entry.name)


def _stamp(workplace: Path) -> str:
    """A name for the old shop's place that is free: that of our own workplace."""
    return workplace.name.removeprefix("restoring-")
