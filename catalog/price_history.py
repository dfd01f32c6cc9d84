"""What a good cost and when, and the lowest price of the 30 days before a reduction (§ 11 PAngV)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.units import Unit, line_cents

REFERENCE_PERIOD = timedelta(days=30)

RegularPrice = tuple[datetime, int]  # since, cents
Sale = tuple[datetime, datetime | None, int]  # from, until (None: until it is ended), cents
OnSaleTime = tuple[datetime, datetime | None]  # from, until (None: it still is)


@dataclass(frozen=True)
class Stretch:
    """A time in which a price stayed the same, until the next stretch; `is_reduced`: by a reduction.

    `is_asked`: the good was on sale, so that somebody could have paid it.
    """

    since: datetime
    cents: int
    is_reduced: bool
    is_asked: bool = True


def timeline(changes: Iterable[RegularPrice], sales: Sequence[Sale]) -> list[Stretch]:
    """The price asked as it was and will be, from the first regular price on; what came later wins."""
    regular = sorted(changes, key=lambda change: change[0])
    if not regular:
        return []
    begins = [since for since, _ in regular]
    edges = {*begins, *(at for starts, ends, _ in sales for at in (starts, ends) if at is not None)}
    return [
        _stretch(edge, regular[bisect_right(begins, edge) - 1][1], sales) for edge in sorted(edges) if edge >= begins[0]
    ]


def on_sale(prices: Sequence[Stretch], times: Iterable[OnSaleTime]) -> list[Stretch]:
    """The timeline, parted where the good went on sale or off it, so that each stretch was asked as a whole or not."""
    known = list(times)
    edges = {at for since, until in known for at in (since, until) if at is not None}
    begins = [each.since for each in prices]
    parted = []
    for at in sorted({*begins, *(edge for edge in edges if begins and edge >= begins[0])}):
        stretch = prices[bisect_right(begins, at) - 1]
        is_asked = any(since <= at and (until is None or at < until) for since, until in known)
        parted.append(Stretch(at, stretch.cents, stretch.is_reduced, is_asked))
    return parted


def cut_off(source: Sequence[Stretch], length: int, unit: Unit, own: Sequence[Stretch]) -> list[Stretch]:
    """The timeline of a remnant: until it became an article of its own it cost its share of its source.

    `length` is in smallest units. The source's reductions are not the remnant's: they only lower its price.
    """
    before = (each for each in source if not own or each.since < own[0].since)
    share = (Stretch(each.since, line_cents(each.cents, length, unit), False, each.is_asked) for each in before)
    return [*share, *own]


def reference(prices: Sequence[Stretch], now: datetime) -> int | None:
    """The lowest price of the 30 days before the reduction that runs now; None where none runs or nothing was before.

    Reductions that follow each other without interruption, with prices that never rise, are one
    (§ 11 Abs. 2 PAngV): the first one's reference stays.
    """
    at = _index_at(prices, now)
    if at is None or not prices[at].is_reduced:
        return None
    while at > 0 and _goes_on(prices[at - 1], prices[at]):
        at -= 1
    return lowest_before(prices, prices[at].since)


def lowest_before(prices: Sequence[Stretch], moment: datetime) -> int | None:
    """The lowest price asked in the 30 days before a moment; None if it was not on sale in them.

    A good on sale for less than 30 days counts from its first day.
    """
    first = _index_at(prices, moment - REFERENCE_PERIOD) or 0
    return min((each.cents for each in prices[first:] if each.since < moment and each.is_asked), default=None)


def until(prices: Sequence[Stretch], moment: datetime) -> list[Stretch]:
    """The timeline as it was before a moment."""
    return [each for each in prices if each.since < moment]


def _stretch(at: datetime, regular_cents: int, sales: Sequence[Sale]) -> Stretch:
    running = [cents for starts, ends, cents in sales if starts <= at and (ends is None or at < ends)]
    cents = min([regular_cents, *running])
    return Stretch(at, cents, cents < regular_cents)


def _goes_on(before: Stretch, after: Stretch) -> bool:
    """Whether a reduction goes on from one stretch to the next: never off sale, never dearer."""
    return before.is_reduced and before.is_asked and before.cents >= after.cents


def _index_at(prices: Sequence[Stretch], moment: datetime) -> int | None:
    index = bisect_right([each.since for each in prices], moment) - 1
    return None if index < 0 else index
