"""Columns as the owner names them: her word goes before the names that a dialect knows by itself."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice

from catalog.exchange import columns, headers, pricing
from catalog.exchange.articles import UnknownColumn
from catalog.exchange.cells import clean
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.reading import NotATable, Table
from catalog.exchange.wishes import Rest, Wishes

_MOST_SAMPLES = 3
_SAMPLES_WITHIN = 5_000  # rows
_MOST_NAMES = 40  # of a file's columns in a sentence


class NotMapped(NotATable):
    """The owner named a column that the file lacks, or gave two the same meaning."""


def _none(name: str) -> bool:
    return False


def places(
    header: Sequence[str], known: Mapping[str, str], wishes: Wishes, is_left_out: Callable[[str], bool] = _none
) -> dict[str, int]:
    """Which column holds which key: by the owner's word, then by the names `known` to the dialect (normal name → key).

    A key may also be an attribute ("Merkmal: Farbton"): one that the owner named, or, where she wishes it, each
    column that nobody knows, but for those that the dialect leaves out on purpose (`is_left_out` by normal name).
    Raises NotMapped or columns.NotOurs with what is possible instead, NotATable where two columns hold the same.
    """
    by_owner = _by_owner(header, known, wishes)
    found: dict[str, int] = {}
    for place, key in by_owner.items():
        if key in found:
            both = f"„{header[found[key]]}“ und „{header[place]}“"
            raise NotMapped(f"{both} können nicht beide „{columns.named(key)}“ sein.")
        if key:
            found[key] = place
    rest = ["" if place in by_owner or known.get(normal(name)) in found else name for place, name in enumerate(header)]
    found |= headers.find(rest, known)
    _find_other_price(header, known, found, by_owner)
    return _with_rest(header, known, found, by_owner, is_left_out) if wishes.rest is Rest.ATTRIBUTES else found


def unknown(table: Table, taken: Collection[int], is_left_out: Callable[[str], bool] = _none) -> list[UnknownColumn]:
    """The columns of which nothing is taken, each with its first different values; empty ones are not worth a word."""
    left = [
        place
        for place, name in enumerate(table.header)
        if name and place not in taken and not is_left_out(normal(name))
    ]
    is_whole = len(table.rows) <= _SAMPLES_WITHIN
    samples = _samples(table, left)
    seen = [place for place in left if samples[place] or not is_whole]
    return [UnknownColumn(table.header[place], tuple(samples[place])) for place in seen]


def not_by_wish(left: Iterable[UnknownColumn], header: Sequence[str], wishes: Wishes) -> list[UnknownColumn]:
    """Those columns of which the owner has not said herself that they be left out."""
    by_wish = {header[place] for name in wishes.columns_of if (place := find(header, name)) is not None}
    return [each for each in left if each.name not in by_wish]


def as_meant(header: Sequence[str], wishes: Wishes) -> list[str]:
    """A header with our own names where the owner said what a column is, so that the file is recognised by them."""
    meant = list(header)
    for name, target in wishes.columns_of.items():
        place = find(header, name)
        if place is not None:
            meant[place] = _our_name(target)
    return meant


def fingerprint(header: Iterable[str]) -> str:
    """What stays the same between two files of one supplier: the set of the column names, made normal.

    The order does not count, as a mapping goes by names and programs let their users move columns; neither do
    delimiter and encoding, which change with the program that saved the file last.
    """
    names = sorted({normal(name) for name in header} - {""})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def find(header: Sequence[str], name: str) -> int | None:
    """The place of a column, written exactly so, else nearly so."""
    if clean(name) in header:
        return list(header).index(clean(name))
    nearly = [place for place, each in enumerate(header) if each and normal(each) == normal(name)]
    return nearly[0] if nearly else None


def _by_owner(header: Sequence[str], known: Mapping[str, str], wishes: Wishes) -> dict[int, str]:
    """Place → key, "" for a column that she wants left out."""
    named: dict[int, str] = {}
    for name, target in wishes.columns_of.items():
        place = find(header, name)
        if place is None:
            raise NotMapped(_not_there(name, header))
        named[place] = _key(target, known) if target.strip() else ""
    return named


def _key(target: str, known: Mapping[str, str]) -> str:
    return known.get(normal(target)) or columns.key_of(target, among=known.values())


def _our_name(target: str) -> str:
    try:
        return columns.named(columns.key_of(target)) if target.strip() else ""
    except columns.NotOurs:  # a name that only its dialect knows
        return target


def _find_other_price(
    header: Sequence[str], known: Mapping[str, str], found: dict[str, int], by_owner: Collection[int]
) -> None:
    """Take a net or a purchase price where there is no other; reckoning.py makes one of it that shoppers pay."""
    if "price_cents" not in found and "price_cents" in known.values():
        left = set(range(len(header))) - {*found.values(), *by_owner}
        place = pricing.price_column(header, sorted(left))
        if place is not None:
            found["price_cents"] = place


def _with_rest(
    header: Sequence[str],
    known: Mapping[str, str],
    found: dict[str, int],
    by_owner: Collection[int],
    is_left_out: Callable[[str], bool],
) -> dict[str, int]:
    """Also the columns that nobody knows, as attributes of their names."""
    taken = {*found.values(), *by_owner}
    rest = {
        f"{ATTRIBUTE_PREFIX}{name[: columns.LONGEST_LABEL]}": place
        for place, name in reversed(list(enumerate(header)))
        if name and place not in taken and normal(name) not in known and not is_left_out(normal(name))
    }
    return dict(reversed(rest.items())) | found


def _not_there(name: str, header: Sequence[str]) -> str:
    there = [each for each in header if each]
    more = f" und {len(there) - _MOST_NAMES} weitere" if len(there) > _MOST_NAMES else ""
    near = columns.nearest(name, there)
    return f"Die Datei hat keine Spalte „{name}“.{near} Sie hat: {', '.join(there[:_MOST_NAMES])}{more}."


def _samples(table: Table, wanted: Collection[int]) -> dict[int, dict[str, None]]:
    """The first different values of some columns."""
    samples: dict[int, dict[str, None]] = {place: {} for place in wanted}
    still = set(wanted)
    for row in islice(table.rows, _SAMPLES_WITHIN):
        for place in list(still):
            if place < len(row.cells) and row.cells[place]:
                samples[place][_short(row.cells[place])] = None
                if len(samples[place]) == _MOST_SAMPLES:
                    still.remove(place)
        if not still:
            break
    return samples


def _short(cell: str) -> str:
    line = " ".join(cell[:200].split())
    return line if len(line) <= 40 else f"{line[:39]}…"
