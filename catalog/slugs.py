"""Readable addresses: "Jersey Waldtiere, türkis" → "jersey-waldtiere-tuerkis"."""

import re
import unicodedata

from sqlmodel import Session, select

from catalog.categories import Category
from catalog.products import Product

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slugify(text: str) -> str:
    """Give the address form of a name: lower case ASCII words joined by hyphens, 80 characters at most."""
    spelled = unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80].strip("-") or "artikel"


def free_slug(session: Session, table: type[Product] | type[Category], name: str) -> str:
    """Give a slug for `name` that no row of `table` has yet, with -2, -3 … where needed."""
    base = slugify(name)
    taken = set(session.exec(select(table.slug).where(table.slug.startswith(base))).all())  # type: ignore[attr-defined]
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
