"""What the prices of a file are, by the names of their columns: with tax or without, asked or paid."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from catalog.exchange.headers import normal

_PRICE = {
    "preis",
    "prix",
    "preise",
    "vk",
    "vkpreis",
    "price",
    "verkaufspreis",
    "listenpreis",
    "einzelpreis",
    "stueckpreis",
}
_NET = {
    "netto", "nettopreis", "nettopreise", "nettovk", "net", "exkl", "excl", "ex", "exc", "excluded", "excluding",
    "zzgl", "nto", "ht",
}  # fmt: skip
_GROSS = {
    "brutto", "bruttopreis", "bruttopreise", "bruttovk", "gross", "inkl", "incl", "inc", "included", "including", "bto",
    "ttc",
}  # fmt: skip
_PURCHASE = {
    "ek", "ekpreis", "ekpreise", "nettoek", "einkauf", "einkaufspreis", "einkaufspreise", "haendlerpreis",
    "haendlerpreise", "haendler", "wholesale", "purchase", "cost", "trade", "achat",
}  # fmt: skip
_FILLING = {
    "eur", "euro", "in", "je", "pro", "per", "stueck", "stk", "st", "m", "meter", "kg", "einheit", "ihr", "unser",
    "mwst", "ust", "tax", "vat", "ohne", "mit", "item", "d", "de", "vente",
}  # fmt: skip

_EVERY = frozenset(_PRICE | _NET | _GROSS | _PURCHASE | _FILLING)


class Basis(StrEnum):
    """What prices are."""

    UNSAID = ""
    GROSS = "gross"
    NET = "net"  # what shoppers pay, but for the tax
    PURCHASE = "purchase"  # what the owner pays her supplier, without tax
    OPEN = "open"  # with tax or without, as the name itself says


def basis_of(name: str) -> Basis:
    """What a column's name says: "VK netto" → NET, "EK-Preis" → PURCHASE, "Preis" → UNSAID."""
    words = _words(name)
    is_net = bool(words & _NET) or ("ohne" in words and bool(words & {"mwst", "ust"}))
    if words & _PURCHASE:
        return Basis.PURCHASE
    if words & _GROSS:
        return Basis.OPEN if is_net else Basis.GROSS
    return Basis.NET if is_net else Basis.UNSAID


def price_column(header: Sequence[str], among: Iterable[int]) -> int | None:
    """The place of the one column that holds a net or a purchase price, for a file that has no other price.

    A net price goes before a purchase price. None where there is none, or several are as good.
    """
    found: dict[Basis, list[int]] = {}
    for place in among:
        if _is_nothing_but_a_price(header[place]):
            found.setdefault(basis_of(header[place]), []).append(place)
    places = found.get(Basis.NET) or found.get(Basis.PURCHASE) or []
    return places[0] if len(places) == 1 else None


def _is_nothing_but_a_price(name: str) -> bool:
    """Whether the name says "net" or "purchase" and no word besides that could mean another thing, as "EK-Datum"."""
    words = _words(name)
    return basis_of(name) in (Basis.NET, Basis.PURCHASE) and words <= _PRICE | _NET | _PURCHASE | _FILLING


def _words(name: str) -> set[str]:
    """The words of a name, also of those that are written as one: "VKNetto", "PREISNETTO"."""
    return {word for each in normal(name).split() for word in parted(each, _EVERY)}


def parted(word: str, known: Collection[str]) -> tuple[str, ...]:
    """The longest known words that make up another, the word itself if it is known or there are none."""
    if word in known:
        return (word,)
    for end in range(len(word) - 2, 1, -1):
        rest = parted(word[end:], known) if word[:end] in known else ()
        if rest and all(each in known for each in rest):
            return (word[:end], *rest)
    return (word,)
