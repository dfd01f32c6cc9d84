"""Writing goods into a file, for ourselves or for another system, some products after the others."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlmodel import Session, col, select

from catalog.exchange import choice as choices
from catalog.exchange import extent as extents
from catalog.exchange import standing, surroundings
from catalog.exchange.choice import ALL, Choice
from catalog.exchange.extent import portions
from catalog.exchange.standing import StandingProduct, StandingVariant
from catalog.exchange.writers.writer import Column, Desk, Losses, Writer
from catalog.images import Picture
from catalog.products import Variant


@dataclass
class Written:
    """What stands in a file, how many products have no variant and so no row, and what its dialect cannot carry."""

    products: int = 0
    variants: int = 0
    left_out: int = 0
    losses: Losses = field(default_factory=Losses)


def write(
    session: Session,
    out: BinaryIO,
    writer: Writer,
    *,
    now: datetime,
    choice: Choice = ALL,
    keys: frozenset[str] = frozenset(),
    address_of: Callable[[str], str] = lambda picture_hash: f"{picture_hash}.jpg",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write the chosen goods; of the columns those of `keys` (see fields.py; empty: all), the numbers always.

    `address_of` gives the public address of a picture. `progress` hears (products done, products in all).
    In memory are a few hundred products at once. Reads only. Raises NothingCalled.
    """
    ids = choices.product_ids(session, choice)
    extent = extents.of(session, ids)
    desk = Desk(extent, now, address_of)
    written = Written(left_out=choices.without_variant(session, choice), losses=desk.losses)
    text = io.TextIOWrapper(out, encoding=writer.encoding, newline="", write_through=False)
    table = csv.DictWriter(
        text, _names(writer.columns(extent), keys), delimiter=writer.delimiter, lineterminator=writer.line_end,
        restval="", extrasaction="ignore",
    )  # fmt: skip
    table.writeheader()
    for product, variants in _goods(session, ids, choice, desk):
        table.writerows(writer.rows(product, variants, desk))
        written.products += 1
        written.variants += len(variants)
        progress(written.products, len(ids))
    text.detach()
    return written


def pictures_of(session: Session, choice: Choice = ALL) -> list[str]:
    """The hashes of all pictures of the chosen products, each once, in order. Raises NothingCalled."""
    found: set[str] = set()
    for some in portions(choices.product_ids(session, choice)):
        found.update(session.exec(select(Picture.hash).where(col(Picture.product_id).in_(some))).all())
    return sorted(found)


def _goods(
    session: Session, ids: Sequence[int], choice: Choice, desk: Desk
) -> Iterator[tuple[StandingProduct, list[StandingVariant]]]:
    around = surroundings.load(session)
    for some in portions(ids):
        goods = list(standing.goods(session, some, around, desk.now).values())
        desk.inactive, desk.numbers = _inactive(session, some), _numbers_like(session, goods)
        for product in goods:
            yield product, [each for each in product.variants if choices.takes(choice, each)]


def _inactive(session: Session, product_ids: Sequence[int]) -> frozenset[int]:
    switched_off = select(Variant.id).where(col(Variant.product_id).in_(product_ids), ~col(Variant.is_active))
    return frozenset(each for each in session.exec(switched_off).all() if each is not None)


def _numbers_like(session: Session, goods: Sequence[StandingProduct]) -> frozenset[str]:
    """The addresses that are numbers of variants as well."""
    found = select(Variant.sku).where(col(Variant.sku).in_([each.slug for each in goods]))
    return frozenset(session.exec(found).all())


def _names(columns: Sequence[Column], keys: frozenset[str]) -> list[str]:
    return [each.name for each in columns if not keys or each.key == "sku" or each.key in keys]
