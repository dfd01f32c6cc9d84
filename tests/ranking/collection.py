"""The queries of the test collection: words as people type them, and what is meant; read from queries.csv.

They were written after the rule (grades.py) and the goods, before any tuning of the search, and not with its ways of
finding in view. About a third is set aside, by a hash of the words: nobody tunes by it.
"""

import csv
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.ranking.grades import Intent, Truth, grade, is_or_is_near, told, touches

_FILE = Path(__file__).parent / "queries.csv"
LEAST = 3  # articles of grade 3 that a query must have in the generated catalogue, unless it wants a single one


@dataclass(frozen=True, eq=False)
class Query:
    """What is typed, what is meant, and of which class of queries it is."""

    group: str
    words: str
    intent: Intent

    @property
    def is_held_out(self) -> bool:
        """Whether it is looked at only at the end: one of three, whatever it is about."""
        return zlib.crc32(self.words.encode()) % 3 == 0

    @property
    def wants_one(self) -> bool:
        """Whether a single article is meant: by its number."""
        return bool(self.intent.code)


def queries() -> list[Query]:
    """All queries, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as opened:
        return [Query(row["class"], row["words"], _intent(row)) for row in csv.DictReader(opened, delimiter=";")]


def judged(every: Iterable[Query], truths: Mapping[int, Truth]) -> dict[Query, dict[int, int]]:
    """The grades above 0 of each query, by product id; of queries that a catalogue can answer (with a grade of 3)."""
    drawers = _Drawers(truths)
    found: dict[Query, dict[int, int]] = {}
    for query in every:
        concerned = drawers.concerned(query.intent)
        grades = {each: given for each in concerned if (given := grade(truths[each], query.intent))}
        if 3 in grades.values():
            found[query] = grades
    return found


class _Drawers:
    """Articles by their kinds and by the kinds that they belong to: most have nothing to do with an intent."""

    def __init__(self, truths: Mapping[int, Truth]) -> None:
        self._kinds: dict[frozenset[str], list[int]] = {}
        self._told: dict[frozenset[str], list[int]] = {}
        for each, truth in truths.items():
            self._kinds.setdefault(truth.kinds, []).append(each)
            self._told.setdefault(told(truth), []).append(each)
        self._every = list(truths)

    def concerned(self, intent: Intent) -> list[int]:
        """The ids of all that can have a grade, ascending."""
        wanted = [intent] if intent.both is None else list(intent.both)
        if any(each.code or not each.kind for each in wanted):
            return self._every
        by_kind = (ids for kinds, ids in self._kinds.items() if any(is_or_is_near(kinds, each.kind) for each in wanted))
        by_told = (ids for kinds, ids in self._told.items() if any(touches(kinds, each.kind) for each in wanted))
        return sorted({each for ids in (*by_kind, *by_told) for each in ids})


def _intent(row: Mapping[str, str]) -> Intent:
    facts = dict(each.split("=", 1) for each in row["facts"].split())
    if "code" in facts:
        return Intent(code=facts["code"])
    kinds = [Intent(kind) for kind in row["kind"].split(" + ")]
    if len(kinds) == 2:
        return Intent(both=(kinds[0], kinds[1]))
    return Intent(row["kind"], facts)
