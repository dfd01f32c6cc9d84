"""What an import would change: what people read before the first row is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalog.exchange.articles import Remark, UnknownColumn
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.steps import Step as Step
from catalog.exchange.steps import Steps as Steps
from catalog.exchange.steps import VariantStep as VariantStep


@dataclass
class Counts:
    """How many are new, changed, and as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Change:
    """A fact that becomes another, in words. `sku` is empty where it concerns the whole product."""

    row: int
    article: str
    sku: str
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Added:
    """A new article, or new variants of one that stands in the shop; prices in cents, from the least to the most."""

    row: int
    article: str
    skus: tuple[str, ...]
    is_new: bool
    from_cents: int
    to_cents: int


@dataclass
class Tally:
    """All that would change, counted: by our keys and by the columns of our own format (fields.py).

    Whole per cents of the old price, rounded down.
    """

    changes: int = 0
    by_key: Counter[str] = field(default_factory=Counter)
    by_column: Counter[str] = field(default_factory=Counter)
    prices_down: int = 0
    prices_up: int = 0
    largest_fall_percent: int = 0
    largest_rise_percent: int = 0
    steepest_hundredths: int | None = 0  # of a per cent, rounded up; None: a price was nothing before

    def count(self, key: str, column: str, old: Any, new: Any) -> None:
        """Count a fact that becomes another. A price that was nothing has no per cent."""
        self.changes += 1
        self.by_column[column] += 1
        self.by_key[key] += 1
        if key != "price_cents" or old == new:
            return
        percent = abs(new - old) * 100 // old if old else 0
        self._note_steepest(old, new)
        if new < old:
            self.prices_down += 1
            self.largest_fall_percent = max(self.largest_fall_percent, percent)
        else:
            self.prices_up += 1
            self.largest_rise_percent = max(self.largest_rise_percent, percent)

    def _note_steepest(self, old: int, new: int) -> None:
        if not old:
            self.steepest_hundredths = None
        elif self.steepest_hundredths is not None:
            self.steepest_hundredths = max(self.steepest_hundredths, -(-abs(new - old) * 10_000 // old))


@dataclass
class Plan:
    """The whole import. `steps` holds only what changes something, `added` and `changes` the first thousand.

    `tally` counts all changes.
    """

    format: str
    encoding: str
    delimiter: str
    decimal: str
    notes: list[str]
    products: Counts = field(default_factory=Counts)
    variants: Counts = field(default_factory=Counts)
    added: list[Added] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    questions: list[Remark] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    steps: Steps = field(default_factory=Steps)
    pictures: PictureFolders | None = None  # where they are found that the steps name
    new_pictures: int = 0  # to be fetched or taken from beside the file, which takes a while
    unknown_columns: list[UnknownColumn] = field(default_factory=list)
    memory: str = ""
    format_name: str = ""  # what people call the format: "Shopware 6"

    @property
    def must_be_answered(self) -> bool:
        """Whether a question stands without whose answer nothing can be written."""
        return any(question.stops for question in self.questions)

    @property
    def changes_nothing(self) -> bool:
        """Whether the shop already is as the file says."""
        return not self.steps

    def as_json(self) -> dict[str, Any]:
        """The plan as scripts read it; rows count from 1 after the header."""
        return {
            "format": self.format,
            "format_name": self.format_name,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "products": vars(self.products),
            "variants": vars(self.variants),
            "refused": [_remark_json(each) for each in self.refused],
            "questions": [_remark_json(each) for each in self.questions],
            "must_answer": [_remark_json(each) | {"question": each.question} for each in self.questions if each.stops],
            "new": [vars(each) | {"skus": list(each.skus)} for each in self.added],
            "changes": [vars(each) for each in self.changes],
            "changes_in_all": self.tally.changes,
            "prices": {
                "falling": self.tally.prices_down,
                "rising": self.tally.prices_up,
                "largest_fall_percent": self.tally.largest_fall_percent,
                "largest_rise_percent": self.tally.largest_rise_percent,
            },
            "notes": self.notes,
            "memory": self.memory or None,
            "unknown_columns": [{"name": each.name, "samples": list(each.samples)} for each in self.unknown_columns],
        }


def rows_of(remarks: Iterable[Remark]) -> str:
    """The rows of some remarks in words: "1, 4–7"."""
    rows = sorted({remark.row for remark in remarks})
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans)


def _remark_json(remark: Remark) -> dict[str, Any]:
    return {"row": remark.row, "column": remark.column, "reason": remark.reason}
