"""The steps of a plan in the order of the file: few are kept in memory, many in a temporary file."""

import pickle
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from catalog.exchange.articles import Facts

MOST_VARIANTS = 20_000  # of a batch: what is written in one transaction


@dataclass(slots=True)
class VariantStep:
    """A variant to add (`id` None) or to change by these facts; `old` is what stood there of them.

    The fact "stock_change" is added to the stock that is there then, in smallest units.
    """

    row: int
    sku: str
    id: int | None
    facts: Facts
    old: Facts = field(default_factory=dict)


@dataclass(slots=True)
class Step:
    """A product to add (`product_id` None) or to change by these facts, and its variants that are new or changed.

    `version` is Product.version as it was when the plan was made, `old` what stood there of the facts, `was_published`
    whether it was on sale. `place` is that of its article in the file, counted from 0 whatever stands in the shop;
    steps come in that order.
    """

    row: int
    key: str
    product_id: int | None
    version: int
    facts: Facts
    old: Facts
    variants: list[VariantStep]
    was_published: bool = False
    place: int = 0

    @property
    def weight(self) -> int:
        """How many variants it counts for in a batch."""
        return max(1, len(self.variants))


class Steps:
    """Filled by `append`, then gone through as often as one likes, one by one or in batches.

    A batch has at most `most` variants, or is a single article that has more. As soon as there is a second
    batch, all but the last lie in the file.
    """

    def __init__(self, most: int = MOST_VARIANTS) -> None:
        self._most = most
        self._last: list[Step] = []
        self._weight = 0
        self._number = 0
        self._places: list[int] = []
        self._file: IO[bytes] | None = None

    @classmethod
    def of(cls, every: Iterable[Step]) -> "Steps":
        """These steps, in this order."""
        steps = cls()
        for each in every:
            steps.append(each)
        return steps

    def append(self, step: Step) -> None:
        """Put a step behind the others."""
        if self._last and self._weight + step.weight > self._most:
            self._spill()
        self._last.append(step)
        self._weight += step.weight
        self._number += 1

    def batches(self, most: int | None = None) -> Iterator[list[Step]]:
        """The steps in batches, in order; smaller ones than they lie here if there may be only so many variants."""
        for batch in self._stored():
            yield from _parted(batch, most) if most is not None and most < self._most else (batch,)

    def to_the_last(self, most: int) -> Iterator[tuple[list[Step], bool]]:
        """The batches of `batches`, each with whether it is the last; no more than one of them is in memory."""
        for number, batch in enumerate(self._stored(), start=1):
            seen = 0
            for part in _parted(batch, most):
                seen += len(part)
                yield part, number == self.number_of_batches and seen == len(batch)

    def _stored(self) -> Iterator[list[Step]]:
        for place in self._places:
            assert self._file is not None
            self._file.seek(place)
            yield pickle.load(self._file)  # noqa: S301  (our own file, which has no name)
        if self._last:
            yield self._last

    @property
    def number_of_batches(self) -> int:
        """How many transactions write them."""
        return len(self._places) + bool(self._last)

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with these steps)
            weakref.finalize(self, self._file.close)
        self._places.append(self._file.seek(0, 2))
        pickle.dump(self._last, self._file, pickle.HIGHEST_PROTOCOL)
        self._last, self._weight = [], 0

    def __iter__(self) -> Iterator[Step]:
        for batch in self.batches():
            yield from batch

    def __len__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same steps."""
        return isinstance(other, Steps | list) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def _parted(batch: list[Step], most: int) -> Iterator[list[Step]]:
    part: list[Step] = []
    weight = 0
    for step in batch:
        if part and weight + step.weight > most:
            yield part
            part, weight = [], 0
        part.append(step)
        weight += step.weight
    if part:
        yield part
