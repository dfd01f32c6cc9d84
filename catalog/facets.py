"""What goods differ by (facets), as filters are made of it: values that variants have, and numbers within a span."""

from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.bits import Some


@dataclass(frozen=True)
class Value:
    """One value that variants have: as in the address, as shown, and who has it.

    `above`: the token of the value above it in a tree, "" at the top.
    """

    token: str
    label: str
    variants: Some
    swatch: str = ""
    above: str = ""


@dataclass(frozen=True)
class Facet:
    """One thing that goods differ by, with its values in the order in which they are shown.

    `label` is "" where the values speak for themselves ("auf Lager"). In a tree each value follows the one above it.
    """

    name: str
    label: str
    values: tuple[Value, ...]
    is_tree: bool = False


@dataclass(frozen=True)
class Span:
    """A number by which goods differ, in 10^-`decimals` of `unit`; a variant has one, or a range from least to most.

    `ends` are the least and the most of the goods. `between(low, high)` gives the variants whose numbers reach
    into that range; None: no limit there.
    """

    name: str
    label: str
    unit: str
    decimals: int
    ends: tuple[int, int]
    between: Callable[[int | None, int | None], Some] = field(compare=False)


@dataclass(frozen=True)
class Goods:
    """What can be narrowed down: some articles with all their variants, as bits, and what they may differ by."""

    articles: int
    facets: tuple[Facet | Span, ...]
