"""`kill -9` in the middle of a batch of photographs, at every kind of step: nothing is lost, nothing is double."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from catalog import images, photo_inbox
from catalog.images import Picture
from catalog.photo_inbox import IncomingPhoto
from shop.db import Database
from shop.settings import Settings, read_settings
from tests.make import NOW, make_product, make_variant

STEPS = (1, 2, 5, 12, 13, 14, 16, 19, 27, 34, 41, 50)
NAMES = ("JER-001 a.jpg", "JER-001 b.jpg", "IMG_1.jpg", "IMG_2.jpg", "doppelt.jpg", "kaputt.jpg")


class Batch:
    """A data folder with six photographs that wait, and workers that can be killed."""

    def __init__(self, data: Path, empty_database: Path) -> None:
        data.mkdir()
        shutil.copy(empty_database, data / "shop.db")
        self.settings: Settings = read_settings(data, {})
        self.database = Database(self.settings.database_url)
        self.nest = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.photo_nest", str(data)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
        )  # fmt: skip

    def begin(self) -> None:
        """Let the photographs wait, in a shop that has none yet."""
        for folder in (self.settings.inbox, self.settings.media):
            shutil.rmtree(folder, ignore_errors=True)
        self.settings.inbox.mkdir()
        with self.database.writing() as session:
            for table in (IncomingPhoto, Picture):
                for row in session.exec(select(table)).all():
                    session.delete(row)
            for number, name in enumerate(NAMES):
                (self.settings.inbox / f"a-{number}").write_bytes(_photo(name))
                photo_inbox.arrive(session, batch="a", name=name, file=f"a-{number}", now=NOW, author="Anna")

    def work(self, deadly_step: int = 0) -> int:
        """Run a worker until it has nothing to do or is killed (-1)."""
        assert self.nest.stdin is not None
        assert self.nest.stdout is not None
        print(deadly_step, file=self.nest.stdin, flush=True)
        return int(self.nest.stdout.readline())

    def close(self) -> None:
        """End everything."""
        self.nest.communicate(timeout=10)
        self.database.close()


def _photo(name: str) -> bytes:
    shade = 2 if name == "doppelt.jpg" else NAMES.index(name)
    out = BytesIO()
    Image.new("RGB", (400, 300), (40 * shade, 90, 120)).save(out, "JPEG")
    return out.getvalue()[: 500 if name == "kaputt.jpg" else None]


@pytest.fixture
def batch(tmp_path: Path, empty_database_file: Path) -> Iterator[Batch]:
    made = Batch(tmp_path / "data", empty_database_file)
    with made.database.writing() as session:
        make_variant(session, make_product(session), sku="JER-001")
    yield made
    made.close()


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(batch: Batch) -> None:
    killed = 0
    for step in STEPS:
        batch.begin()
        killed += batch.work(step) == -1
        assert batch.work() >= 0
        _check(batch)
    assert killed >= len(STEPS) - 3


def _check(batch: Batch) -> None:
    with batch.database.writing() as session:
        photos = session.exec(select(IncomingPhoto)).all()
        assert Counter(each.state for each in photos) == {"done": 5, "refused": 1}
        assert [each.name for each in photos if each.problem] == ["kaputt.jpg"]
        assert sorted(each.position for each in session.exec(select(Picture)).all()) == [0, 1]
        assert photo_inbox.unassigned(session, 10)[1] == 2
        for photo in photos:
            if photo.hash:
                assert images.stored(batch.settings.media, photo.hash).width == 400
                assert images.make_sizes(batch.settings.media, photo.hash) == ()
        photo_inbox.sweep(session, batch.settings.inbox, datetime.max.replace(tzinfo=UTC))
    images.sweep(batch.settings.media, datetime.max.replace(tzinfo=UTC))
    assert list(batch.settings.inbox.iterdir()) == []
    assert list(batch.settings.media.rglob(".new-*")) == []
