"""What any file says about goods, in our own terms: the same records are read, compared and written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.exchange.reading import Table
from catalog.exchange.wishes import NO_WISHES, Wishes

Facts = dict[str, Any]
"""What is known of a product or a variant, by the keys of `fields.py`. An absent key: "as it was"."""


@dataclass(frozen=True)
class Sale:
    """A reduced price in cents; without `starts_at` from now on, without `ends_at` until further notice."""

    price_cents: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass
class VariantRow:
    """What one row says of a variant. `row` counts from 1 after the header.

    `sku` is "" where the file names none: then the GTIN tells which one is meant, else `suggested`, the number
    that is made up for it, always the same, else the options within the article.
    """

    row: int
    sku: str
    facts: Facts = field(default_factory=dict)
    suggested: str = ""


@dataclass
class Article:
    """A product and its variants as a file tells of them.

    `key` is the wished address; "" where the file names neither article nor product, so that the
    article number must be known. `joins` says that the rows belong to the product which has this
    address already; without it a product is only recognised by its article numbers. `is_guessed`
    says that the rows stand together only because they bear the same name. `refused` and `questions`
    are about cells of its rows. `others` are rows that tell of it beside its own and those of its variants.
    """

    row: int
    key: str
    joins: bool = True
    is_guessed: bool = False
    facts: Facts = field(default_factory=dict)
    variants: list[VariantRow] = field(default_factory=list)
    refused: list["Remark"] = field(default_factory=list)
    questions: list["Remark"] = field(default_factory=list)
    others: set[int] = field(default_factory=set)

    @property
    def rows(self) -> set[int]:
        """All rows that tell of it."""
        return {self.row, *(each.row for each in self.variants), *self.others}


@dataclass(frozen=True)
class Remark:
    """Something to say about a cell; `stops` means that nothing is written before it is answered.

    `question` is the id under which it is answered (Wishes.agreed), "" where no answer is awaited. `of_new`: it is
    only said where the row is about a variant that the shop does not have yet.
    """

    row: int
    column: str
    reason: str
    stops: bool = False
    question: str = ""
    of_new: bool = False


@dataclass(frozen=True)
class UnknownColumn:
    """A column of which nothing is taken, with some of its different values."""

    name: str
    samples: tuple[str, ...]


@dataclass
class Reading:
    """A file as a dialect understood it. `refused` and `questions` are about the file and about rows of no article.

    `articles` reads them one by one, from the beginning and alike each time it is called: a file of a hundred
    thousand rows is gone through twice rather than kept in memory as facts.
    """

    format: str
    table: Table
    decimal: str
    articles: Callable[[], Iterator[Article]]
    refused: list[Remark]
    questions: list[Remark]
    notes: list[str]
    columns: Mapping[str, str]  # our key → the column's name in the file, for remarks
    unknown: list[UnknownColumn] = field(default_factory=list)
    format_name: str = ""  # what people call the format: "Shopware 6"
    are_net: bool | None = None  # whether its prices are without VAT; None where the file does not say
    wishes: Wishes = NO_WISHES  # what was wished of the file, with what was remembered of its header
    memory: str = ""  # the name under which that is remembered
