"""All goods as a file, every day or every week, without anybody's doing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from shop import scheduled_export
from shop.context import Shop
from shop.profile import Profile
from tests.make import make_fabric

Write = Callable[[], Any]
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def moment(shop_app: Flask) -> Callable[[datetime], None]:
    """Sets the shop's clock."""
    return lambda at: object.__setattr__(shop_app.extensions["dorfladen"], "clock", lambda: at)


def wish(write: Write, every: str, dialect: str = "own") -> None:
    with write() as session:
        session.merge(Profile(id=1, export_every=every, export_dialect=dialect))
        make_fabric(session, sku="JER")


def names(app: Flask) -> list[str]:
    shop: Shop = app.extensions["dorfladen"]
    return [each.name for each in scheduled_export.files(shop.settings)]


@pytest.mark.parametrize(
    ("every", "written", "hours", "is_due"),
    [
        ("", [], 12, False),
        ("day", [], 0, True),  # nothing was ever written
        ("day", [date(2026, 11, 22)], 1.9, False),  # 02:54 in Berlin
        ("day", [date(2026, 11, 22)], 2, True),  # 03:00
        ("day", [date(2026, 11, 23)], 2, False),
        ("week", [date(2026, 11, 16)], 1.9, False),
        ("week", [date(2026, 11, 16)], 2, True),
        ("week", [date(2026, 11, 16)], 24 * 3, True),  # off on Monday
        ("week", [date(2026, 11, 23)], 24 * 6, False),
        ("week", [date(2026, 11, 23)], 24 * 7 + 2, True),
        ("hour", [], 12, False),
    ],
)
def test_a_file_is_owed_once_from_three_o_clock_on(every: str, written: list[date], hours: float, is_due: bool) -> None:
    assert scheduled_export.is_due(every, written, MONDAY + timedelta(hours=hours)) is is_due


def test_a_day_has_one_file(shop_app: Flask, write: Write, moment: Callable[[datetime], None]) -> None:
    wish(write, "day")
    for hour in (6, 7, 30):
        moment(MONDAY + timedelta(hours=hour))
        scheduled_export.write_due(shop_app)
    assert names(shop_app) == ["artikel-2026-11-24.csv", "artikel-2026-11-23.csv"]
    assert "JER" in (shop_app.extensions["dorfladen"].settings.exports / names(shop_app)[0]).read_text("utf-8-sig")


def test_the_last_fourteen_are_kept(shop_app: Flask, write: Write, moment: Callable[[datetime], None]) -> None:
    wish(write, "day", "plain")
    for day in range(16):
        moment(MONDAY + timedelta(days=day, hours=6))
        scheduled_export.write_due(shop_app)
    assert (len(names(shop_app)), names(shop_app)[-1]) == (14, "artikel-2026-11-25.csv")


def test_without_the_wish_nothing_is_written(shop_app: Flask, write: Write) -> None:
    wish(write, "")
    scheduled_export.write_due(shop_app)
    assert not shop_app.extensions["dorfladen"].settings.exports.exists()


def test_what_a_kill_left_is_swept_and_the_file_is_whole(
    shop_app: Flask, write: Write, moment: Callable[[datetime], None]
) -> None:
    wish(write, "day")
    moment(MONDAY + timedelta(hours=6))
    folder = shop_app.extensions["dorfladen"].settings.exports
    folder.mkdir()
    (folder / ".new-abc.part").write_bytes(b"half")
    (folder / "notizen.txt").write_text("der Inhaberin", encoding="utf-8")
    scheduled_export.write_due(shop_app)
    assert sorted(each.name for each in folder.iterdir()) == ["artikel-2026-11-23.csv", "notizen.txt"]
