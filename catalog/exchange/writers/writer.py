"""What a writer is given and what it gives: columns, rows, and what its system has no place for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from catalog.exchange.extent import Extent
from catalog.exchange.shelf import StandingProduct, StandingVariant

_NO_PLACE = "Dort ist kein Platz für: "


class Column(NamedTuple):
    """A column of a file, and the key of the fact that it holds (see fields.py).

    "sku" is the article number, which stands in every file; "key" the address, "options" and "attributes" are those.
    """

    name: str
    key: str


@dataclass
class Losses:
    """What a file cannot carry, told as sentences with the names of the articles concerned."""

    articles: dict[str, list[str]] = field(default_factory=dict)

    def note(self, sentence: str, article: str) -> None:
        """Say once of an article what is lost of it."""
        concerned = self.articles.setdefault(sentence, [])
        if article not in concerned[-1:]:
            concerned.append(article)

    def note_no_place(self, what: str, article: str) -> None:
        """Say of an article that there is no place for a fact of it."""
        self.note(f"{_NO_PLACE}{what}.", article)

    def in_words(self) -> list[tuple[str, list[str]]]:
        """The sentences with the articles concerned; all facts without a place are one, with their numbers."""
        told = [(each, names) for each, names in self.articles.items() if not each.startswith(_NO_PLACE)]
        facts = {each.removeprefix(_NO_PLACE)[:-1]: names for each, names in self.articles.items()
                 if each.startswith(_NO_PLACE)}  # fmt: skip
        if facts:
            listed = ", ".join(f"{what} (bei {len(names)})" for what, names in facts.items())
            told.append(
                (f"{_NO_PLACE}{listed}.", list(dict.fromkeys(name for names in facts.values() for name in names)))
            )
        return told


@dataclass
class Desk:
    """What lies beside a writer.

    `address_of` gives the public address of a picture by its hash; `now` decides which reductions run; `inactive`
    are the ids of the variants that the owner has switched off; `numbers` are those addresses of the goods at hand
    that some variant has for its number.
    """

    extent: Extent
    now: datetime
    address_of: Callable[[str], str]
    inactive: frozenset[int] = frozenset()
    numbers: frozenset[str] = frozenset()
    losses: Losses = field(default_factory=Losses)


class Writer(Protocol):
    """A system's way to write goods as a table."""

    @property
    def key(self) -> str:
        """Its short name, as `--dialect` takes it."""
        ...

    @property
    def encoding(self) -> str:
        """The codec of the file."""
        ...

    @property
    def delimiter(self) -> str:
        """What stands between two cells."""
        ...

    @property
    def line_end(self) -> str:
        """What stands between two rows."""
        ...

    def columns(self, extent: Extent) -> list[Column]:
        """All columns that these goods need."""
        ...

    def rows(
        self, product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk
    ) -> Iterator[dict[str, str]]:
        """The rows of a product with some of its variants, each a cell by the column's name."""
        ...


def point_decimal(number: int, places: int, least: int = 0) -> str:
    """A whole number of the smallest unit with a decimal point: (1240, 2) is "12.4", with two at least "12.40"."""
    whole, part = divmod(number, 10**places)
    decimals = f"{part:0{places}d}".rstrip("0").ljust(least, "0") if places else ""
    return f"{whole}.{decimals}" if decimals else str(whole)


def point_euros(cents: int) -> str:
    """Cents as "12.90"."""
    return point_decimal(cents, 2, least=2)
