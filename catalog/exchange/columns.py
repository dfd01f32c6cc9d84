"""The names of our own columns, as people call them when they say what a column of a file is."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from catalog.exchange.cells import clean
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS, PRODUCT_FIELDS, VARIANT_FIELDS
from catalog.exchange.headers import normal
from catalog.exchange.reading import NotATable

LONGEST_LABEL = 80  # of an attribute
_ATTRIBUTE = re.compile(r"merkmal\s*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_FIELDS = {each.key: each.column for each in (*PRODUCT_FIELDS, *VARIANT_FIELDS, *MAKER_FIELDS)}
_OPTIONS = {
    f"option_{n}_{part}": f"Option {n} {word}"
    for n in (1, 2, 3)
    for part, word in (("name", "Name"), ("value", "Wert"))
}  # fmt: skip
COLUMNS: Mapping[str, str] = {
    "sku": "Artikelnummer",
    "key": "Artikel",
    **{key: column for key, column in _FIELDS.items() if key not in ("options", "sale")},
    "pictures": "Bilder",
    "variant_pictures": "Bild der Variante",
    "sale_price": "Angebotspreis",
    "sale_from": "Angebot von",
    "sale_to": "Angebot bis",
    **_OPTIONS,
}
_ALSO_CALLED = {
    "Art.-Nr.": "sku",
    "SKU": "sku",
    "Name": "name",
    "Bezeichnung": "name",
    "Verkaufspreis": "price_cents",
    "VK": "price_cents",
    "Lagerbestand": "stock",
    "GTIN": "gtin",
    "Bild": "pictures",
    "Kategorien": "categories",
}
_KEYS = {normal(column): key for key, column in COLUMNS.items()} | {
    normal(name): key for name, key in _ALSO_CALLED.items()
}
_IN_SEVERAL_COLUMNS = {"Angebot": "sale", "Optionen": "options"}
_NO_FACTS = {"sku", "key", "variant_pictures", "sale_price", "sale_from", "sale_to", *_OPTIONS}
_FACTS: Mapping[str, str] = {
    **{normal(column): key for key, column in COLUMNS.items() if key not in _NO_FACTS},
    **{normal(name): key for name, key in _ALSO_CALLED.items() if key not in _NO_FACTS},
    **{normal(COLUMNS[key]): "sale" for key in ("sale_price", "sale_from", "sale_to")},
    **{normal(COLUMNS[key]): "options" for key in _OPTIONS},
    **{normal(name): key for name, key in _IN_SEVERAL_COLUMNS.items()},
}


class NotOurs(NotATable):
    """A name that none of our columns has."""


def key_of(name: str, among: Iterable[str] = COLUMNS) -> str:
    """The key that a column name of ours, a key or "Merkmal: Farbe" means. Raises NotOurs if it is not `among`."""
    attribute = attribute_key(name)
    keys = set(among)
    for key in (attribute, _KEYS.get(normal(name)), name.strip()):
        if key and (key in keys or key == attribute):
            return key
    raise NotOurs(_not_ours(name, [column for key, column in COLUMNS.items() if key in keys]))


def fact_of(name: str) -> str:
    """The fact that a column name of ours means: "Preis" → "price_cents", "Angebot bis" → "sale". Raises NotOurs."""
    key = attribute_key(name) or _FACTS.get(normal(name)) or name.strip()
    if is_fact(key):
        return key
    possible = [COLUMNS.get(key, _FIELDS.get(key, key)) for key in dict.fromkeys(_FACTS.values()) if key != "options"]
    raise NotOurs(_not_ours(name, [*possible, "Optionen"]))


def is_fact(key: str) -> bool:
    """Whether a key is one of a fact that can be taken or left."""
    return key in _FACTS.values() or key.startswith(ATTRIBUTE_PREFIX)


def attribute_key(name: str) -> str:
    """ "merkmal : Farbe " → "Merkmal: Farbe"; "" where the name means no attribute."""
    match = _ATTRIBUTE.fullmatch(clean(name))
    return f"{ATTRIBUTE_PREFIX}{match[1].strip()[:LONGEST_LABEL]}" if match else ""


def named(key: str) -> str:
    """A key as people read it."""
    return COLUMNS.get(key) or _FIELDS.get(key) or key


def nearest(name: str, possible: Sequence[str]) -> str:
    """ " Meinten Sie „Preis“?", with a blank before it; "" where nothing is near."""
    spelled = {normal(each): each for each in possible}
    near = difflib.get_close_matches(normal(name), spelled, n=1, cutoff=0.6)
    return f" Meinten Sie „{spelled[near[0]]}“?" if near else ""


def suggested(name: str) -> str:
    """Our column that a foreign name seems to mean: "Art.Nr. Müller" → "Artikelnummer"; "" where none does."""
    words = f" {normal(name)} "
    found = [known for known in _KEYS if f" {known} " in words]
    return COLUMNS[_KEYS[max(found, key=len)]] if found else ""


def _not_ours(name: str, possible: Sequence[str]) -> str:
    return (
        f"„{name}“ kennen wir hier nicht.{nearest(name, possible)} "
        f"Möglich sind: {', '.join(possible)}, oder ein Merkmal wie „{ATTRIBUTE_PREFIX}Farbe“."
    )
