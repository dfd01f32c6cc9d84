"""What an import would change: what people read before the first row is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalog.exchange.articles import Facts, Remark, UnknownColumn
from catalog.exchange.shelf import StandingProduct, StandingVariant


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


@dataclass
class VariantStep:
    """A variant to add (`standing` None) or to change by these facts."""

    row: int
    sku: str
    standing: StandingVariant | None
    facts: Facts


@dataclass
class Step:
    """A product to add (`standing` None) or to change by these facts, and its variants.

    `place` is that of its article in the file, counted from 0 whatever stands in the shop; steps come in that order.
    """

    row: int
    key: str
    standing: StandingProduct | None
    facts: Facts
    variants: list[VariantStep]
    place: int = 0


@dataclass
class Plan:
    """The whole import. `steps` holds only what changes something."""

    format: str
    encoding: str
    delimiter: str
    decimal: str
    notes: list[str]
    products: Counts = field(default_factory=Counts)
    variants: Counts = field(default_factory=Counts)
    changes: list[Change] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    questions: list[Remark] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    new_pictures: int = 0  # to be fetched or taken from beside the file, which takes a while
    unknown_columns: list[UnknownColumn] = field(default_factory=list)

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
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "products": vars(self.products),
            "variants": vars(self.variants),
            "refused": [_remark_json(each) for each in self.refused],
            "questions": [_remark_json(each) for each in self.questions],
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
