"""A generated catalogue of any size, 10,000 articles by default, as a real haberdashery has it, with its truth.

Made by seed alone. What an article *is* is decided first (sort, colours, motif, measures, uses); then its maker says
it in his own words: one calls it Reißverschluss, another RV; one names the colour, another hides it in an option.
Texts speak of other goods too ("dazu passen unsere Knöpfe"), and hush up part of what is true.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import ean

from tests.ranking import sorts
from tests.ranking.drafts import Draft, begun
from tests.ranking.grades import Truth
from tests.ranking.palette import LINES, MAKERS
from tests.ranking.sorts import Sort

SEED = 20261127
SIZE = 10_000


@dataclass(frozen=True)
class Made:
    """A variant: article number, GTIN, options as (name, value, swatch)."""

    sku: str
    gtin: str
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Article:
    """An article as shoppers see it, and its truth."""

    name: str
    summary: str
    description: str
    sort: Sort
    maker: str
    fibres: str
    attributes: dict[str, str]  # by the key of a built-in type, or by label
    cents: int
    variants: tuple[Made, ...]
    truth: Truth


def articles(size: int = SIZE) -> list[Article]:
    """The articles of a catalogue of this size; the same every time."""
    return [_worded(number, sort) for number, sort in enumerate(_spread(size))]


def _spread(size: int) -> list[Sort]:
    """So many sorts in the shares of the file, mixed."""
    every = sorts.every()
    whole, before, found = sum(each.share for each in every), 0.0, []
    for each in every:
        first, before = round(before / whole * size), before + each.share
        found += [each] * (round(before / whole * size) - first)
    random.Random(SEED).shuffle(found)
    return found


def _worded(number: int, sort: Sort) -> Article:
    chance = random.Random(SEED * 100_003 + number)
    draft = begun(sort, chance)
    noun = draft.word(list(sort.nouns))
    for key, value in sort.nouns[noun].items():
        draft.note(key, value)
    line = chance.choice(LINES)
    if not draft.extras or chance.random() < 0.25:
        draft.extras.insert(0, line)
    variants = tuple(_variants(number, draft))
    for each in variants:
        draft.codes |= {each.sku, each.gtin}
    told = [each for each in draft.sentences if each]
    return Article(
        name=" ".join([noun, *draft.extras]),
        summary=told[0] if told else "",
        description=" ".join(told[1:]),
        sort=sort,
        maker=MAKERS[draft.maker],
        fibres=sort.fibres,
        attributes=draft.attributes,
        cents=chance.randrange(sort.cents[0], sort.cents[1] + 1, 10),
        variants=variants,
        truth=Truth(
            sort.kinds,
            {key: frozenset(values) for key, values in draft.facts.items() if values},
            frozenset(draft.codes),
        ),
    )


def _variants(number: int, draft: Draft) -> Iterator[Made]:
    letters = "".join(word[0] for word in MAKERS[draft.maker].upper().split()[:2] if word[0].isalpha())
    combined: list[tuple[tuple[str, str, str], ...]] = [()]
    for values in draft.choices:
        combined = [(*some, each) for some in combined for each in values]
    for place, options in enumerate(combined[:4]):
        digits = f"40{number * 10 + place:010d}"
        yield Made(
            f"{letters}{draft.maker:02d}-{10000 + number}-{place + 1}", digits + ean.calc_check_digit(digits), options
        )
