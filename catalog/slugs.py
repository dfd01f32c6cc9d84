"""Readable addresses: "Jersey Waldtiere, türkis" → "jersey-waldtiere-tuerkis"."""

import re
import unicodedata
from collections.abc import Collection, Container
from datetime import datetime
from functools import lru_cache

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class OldSlug(SQLModel, table=True):
    """An address that a product, or a category, had once; it is never given to another one."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=90, index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    category_id: int | None = Field(default=None, foreign_key="category.id", index=True)
    left_at: datetime = moment()


def slugify(text: str) -> str:
    """Give the address form of a name: lower case ASCII words joined by hyphens, 80 characters at most."""
    return spelled(text) or "artikel"


@lru_cache(4096)
def spelled(text: str) -> str:
    """What of a text can stand in an address, at most 80 characters; "" where nothing can."""
    german = unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    ascii_only = unicodedata.normalize("NFKD", german).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80].strip("-")


def free(name: str, taken: Container[str]) -> str:
    """Give a slug for a name that is not taken yet, with -2, -3 … where needed."""
    base = slugify(name)
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def left_by_products(session: Session, base: str) -> set[str]:
    """The former addresses of products that begin so; links still lead from them to their product."""
    old = select(OldSlug.slug).where(col(OldSlug.product_id).is_not(None))
    return set(session.exec(old.where(col(OldSlug.slug).startswith(base, autoescape=True))).all())


def left_by_products_among(session: Session, wished: Collection[str]) -> set[str]:
    """Those of some addresses that products had formerly."""
    old = select(OldSlug.slug).where(col(OldSlug.product_id).is_not(None), col(OldSlug.slug).in_(wished))
    return set(session.exec(old).all())


def left_by_categories(session: Session) -> set[str]:
    """The former addresses of categories."""
    return set(session.exec(select(OldSlug.slug).where(col(OldSlug.category_id).is_not(None))).all())
