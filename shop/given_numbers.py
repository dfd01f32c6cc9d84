"""Numbers of invoices that a shop has given away, so that a backup that is older gives none of them a second time.

They are read from the data folder before a backup replaces it: from the database, if it can still be read, and from
the names of the files in `papers/`, which outlive a damaged one.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from checkout import series
from shop.db import Database, sqlite_module

_FILE = re.compile(r"(?P<prefix>(?:TEST-)?(?:RE|ST|KO))-(?P<year>\d{4})-(?P<number>\d{5,6})\.(?:pdf|xml)")
Given = Mapping[tuple[str, int], int]


def read(data: Path) -> Given:
    """The last number of each series (prefix, year) that a data folder knows of; nothing of a folder that is empty."""
    last: dict[tuple[str, int], int] = {}
    for prefix, year, number in (*_in_database(data / "shop.db"), *_in_papers(data / "papers")):
        last[prefix, year] = max(number, last.get((prefix, year), 0))
    return last


def skip(database: Database, given: Given) -> list[str]:
    """Let the books leave these numbers out; give what was left out, series by series, as "RE-2026-00003 bis …"."""
    with database.writing() as session:
        left_out = [series.skip(session, prefix, year, last) for (prefix, year), last in sorted(given.items())]
    return [f"{first} bis {last}" if first != last else first for first, last in filter(None, left_out)]


def _in_database(file: Path) -> Iterator[tuple[str, int, int]]:
    """What its series say; nothing where it is no database, is damaged, or older than invoices."""
    if not file.exists():
        return
    module = sqlite_module()
    with closing(module.connect(file)) as connection:
        try:
            yield from connection.execute("SELECT prefix, year, last FROM numberseries").fetchall()
        except module.DatabaseError:
            return


def _in_papers(folder: Path) -> Iterator[tuple[str, int, int]]:
    for file in folder.glob("*/*"):
        if found := _FILE.fullmatch(file.name):
            yield found["prefix"], int(found["year"]), int(found["number"])
