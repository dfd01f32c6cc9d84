"""What found goods look like in the colour that was asked for: "jersey senf" shows the mustard one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col

from catalog.browse import Card
from catalog.images import Picture
from catalog.offers import PHOTOS, Photo
from catalog.products import Variant, VariantOption
from catalog.search.analysis import terms

_OPTIONS_SHOWN = (
    PHOTOS.add_columns(Variant.sku, VariantOption.value)
    .join(Variant, col(Variant.id) == Picture.variant_id)
    .join(VariantOption, col(VariantOption.variant_id) == Variant.id)
    .where(col(Variant.is_active))
)


def as_asked(session: Session, cards: Sequence[Card], text: str) -> list[Card]:
    """The cards, with the picture and number of the variant whose option a text names in full, where it has one.

    One query, over the goods' pictures alone; where several options are named, the one of the most words counts.
    """
    asked = set(terms(text))
    looks: dict[int, tuple[int, Row[Any]]] = {}
    for row in session.execute(_OPTIONS_SHOWN, {"ids": [each.product_id for each in cards]}):
        named = set(terms(row.value))
        best, _ = looks.get(row.product_id, (0, row))
        if named <= asked and len(named) > best:
            looks[row.product_id] = (len(named), row)
    return [_shown_as(card, looks[card.product_id][1]) if card.product_id in looks else card for card in cards]


def _shown_as(card: Card, row: Row[Any]) -> Card:
    photo = Photo(
        row.hash, row.alt, row.width, row.height, row.variant_id,
        focus_x=row.focus_x, focus_y=row.focus_y, colour=row.colour,
    )  # fmt: skip
    return replace(card, photo=photo, sku=row.sku)
