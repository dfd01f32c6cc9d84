"""Readable addresses: "Jersey Waldtiere, türkis" → "jersey-waldtiere-tuerkis"."""

import re
import unicodedata
from collections.abc import Container

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slugify(text: str) -> str:
    """Give the address form of a name: lower case ASCII words joined by hyphens, 80 characters at most."""
    spelled = unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80].strip("-") or "artikel"


def free(name: str, taken: Container[str]) -> str:
    """Give a slug for a name that is not taken yet, with -2, -3 … where needed."""
    base = slugify(name)
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
