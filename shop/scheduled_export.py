"""All goods written to the data folder's `export/` by themselves, every day or every week, if the owner wishes."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask

from shop import exporting, profile, whole_files
from shop.context import Shop
from shop.exporting import Wanted
from shop.formats import BERLIN
from shop.settings import Settings

KEPT = 14
_HOUR = 3  # in Berlin: the shop sleeps
_NAME = re.compile(r"artikel-(\d{4}-\d{2}-\d{2})\.csv")


def write_due(app: Flask) -> None:
    """Write the file of this day or week if it is not there yet, and take away all but the last KEPT."""
    shop: Shop = app.extensions["dorfladen"]
    now = shop.clock()
    with shop.database.reading() as session:
        owner = profile.load(session)
        if not is_due(owner.export_every, [_day_of(each) for each in files(shop.settings)], now):
            return
        folder = shop.settings.exports
        folder.mkdir(exist_ok=True, mode=0o700)
        whole_files.sweep(folder)
        path = folder / f"artikel-{now.astimezone(BERLIN).date().isoformat()}.csv"
        exporting.write_file(session, shop.settings, path, Wanted(owner.export_dialect), now=now)
    for old in files(shop.settings)[KEPT:]:
        old.unlink(missing_ok=True)


def is_due(every: str, written: list[date], now: datetime) -> bool:
    """Whether a file is owed: of each day from three o'clock on, or of each week from Monday at three on.

    `written` are the days of the files that are there. A day on which the machine was off is not made up for.
    """
    begun = (now.astimezone(BERLIN) - timedelta(hours=_HOUR)).date()
    if every == "week":
        begun -= timedelta(days=begun.weekday())
    return every in ("day", "week") and all(day < begun for day in written)


def files(settings: Settings) -> list[Path]:
    """What was written, the newest first."""
    return sorted((each for each in settings.exports.glob("artikel-*.csv") if _NAME.fullmatch(each.name)), reverse=True)


def file_of(settings: Settings, day: date) -> Path:
    """The file of a day, whether it is there or not."""
    return settings.exports / f"artikel-{day.isoformat()}.csv"


def _day_of(path: Path) -> date:
    named = _NAME.fullmatch(path.name)
    assert named is not None, "files() gives no others"
    return date.fromisoformat(named[1])
