"""Which column of a list holds a price, of which kind, and whether its name says with or without VAT.

Every program has names of its own ("Std. VK Brutto", "Netto-VK", "Price tax excluded or Price tax included",
"Durchschnittlicher Einkaufspreis (netto)"), but all are made of the same few words: a name counts if each of its
words is known here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from catalog.exchange.headers import normal
from catalog.exchange.pricing import Basis, basis_of, parted


class Price(StrEnum):
    """What a price is; the values are our keys."""

    ASKED = "price_cents"
    SALE = "sale_price"
    RECOMMENDED = "rrp_cents"
    PURCHASE = "purchase_cents"


_KINDS = {
    Price.PURCHASE: "ek einkauf einkaufspreis ekpreis einstandspreis haendlerpreis wholesale cost costs purchase "
    "trade achat",
    Price.RECOMMENDED: "uvp rrp msrp preisempfehlung uvpe empf empfohlen recommended suggested",
    Price.SALE: "angebotspreis aktionspreis sonderpreis angebot aktion sonder sale special offer reduziert reduzierter",
    Price.ASKED: "preis prix vk verkauf verkaufspreis vkpreis einzelpreis stueckpreis listenpreis endpreis ladenpreis "
    "evp pvp vkp endverbraucherpreis ladenverkaufspreis kundenpreis verkaufspr "
    "price endkundenpreis shoppreis retail selling sales meterpreis",
}
_WORDS = {kind: frozenset(words.split()) for kind, words in _KINDS.items()}
_TAXES = frozenset(
    "brutto bto inkl incl inc including included gross netto nto zzgl exkl excl ex exc excluding excluded ohne "
    "net ht ttc".split()
)
_FILLERS = frozenset(
    "euro in mwst ust st vat tax steuer std standard pro per je stueck stk st fl flasche m meter lfm lfdm kg l liter "
    "fuer gld or oder ou d de vente der des "
    "durchschnittlicher unverbindliche empfohlener herstellers shop online 19 7 unit "
    "regular regulaer regulaerer neu neuer new list knaeuel rolle packung "
    "chf sfr usd gbp".split()
) | {"eur"}
_VOCABULARY = frozenset({""}).union(_TAXES, _FILLERS, *_WORDS.values())
_COMPOUND = re.compile(r"(brutto|netto)(preis|vk|ek|verkaufspreis|einkaufspreis|uvp)")
_MEASURES = frozenset("unit m meter lfm lfdm kg l liter".split())
_MAY_BE_A_PRICE = re.compile("|".join(sorted(frozenset().union(*_WORDS.values()))))
_CURRENCIES = frozenset(("chf", "sfr", "usd", "gbp"))
_SIGNS = ("$", "£")
_HUMP = re.compile(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])")  # "PreisInklMwst"
_LEVEL = re.compile(r"(vk|ek|preis|price)?([1-9])")
_RANKS = {Basis.GROSS: 0, Basis.UNSAID: 1, Basis.OPEN: 2, Basis.NET: 3, Basis.PURCHASE: 4}


@dataclass(frozen=True)
class PriceColumn:
    """A column at a `place` of the header; `level` tells "Preis 1" from "Preis 2".

    One that `is_recommended` stands for the price asked, which the file lacks.
    """

    place: int
    kind: Price
    tax: Basis
    level: int = 1
    is_per_unit: bool = False
    is_recommended: bool = False
    currency: str = ""

    @property
    def _rank(self) -> tuple[bool, int, int, int]:
        return self.is_per_unit, _RANKS[self.tax], self.level, self.place


def price_columns(header: Sequence[str], but: Sequence[int] = ()) -> dict[Price, PriceColumn]:
    """The best column for each kind of price: with VAT before without, first level before second.

    Places in `but` are known to be something else. A price of another kind whose tax differs from that of the price
    asked is left out: it could not be compared.
    """
    found: dict[Price, PriceColumn] = {}
    for place, name in enumerate(header):
        column = None if place in but else read_name(name, place)
        if column and (column.kind not in found or column._rank < found[column.kind]._rank):
            found[column.kind] = column
    if Price.ASKED not in found and Price.RECOMMENDED in found:
        found[Price.ASKED] = replace(found.pop(Price.RECOMMENDED), kind=Price.ASKED, is_recommended=True)
    asked = found.get(Price.ASKED)
    if asked is None:
        found.pop(Price.PURCHASE, None)  # mapping.py makes it the price, and the owner is asked
    return {
        kind: column
        for kind, column in found.items()
        if kind is Price.PURCHASE or asked is None or (column.tax is Basis.NET) == (asked.tax is Basis.NET)
    }


def read_name(name: str, place: int = 0) -> PriceColumn | None:
    """What a column's name says, or None if it is not the name of a price."""
    spelled = normal(name)
    if not _MAY_BE_A_PRICE.search(spelled):
        return None
    sign = next((sign for sign in _SIGNS if sign in name), "")
    found = _by_words(name, spelled, place)
    return replace(found, currency=sign) if found and sign else found


def _by_words(name: str, spelled: str, place: int) -> PriceColumn | None:
    return _read(spelled, place) or _read(normal(_HUMP.sub(" ", name)), place) or _read(_parted(spelled), place)


def _parted(name: str) -> str:
    """Known words that are written as one: "vkbrutto" → "vk brutto"."""
    return " ".join(word for each in name.split() for word in parted(each, _VOCABULARY))


def _read(name: str, place: int) -> PriceColumn | None:
    words = _COMPOUND.sub(r"\1 \2", name).split()
    currency = next((word.upper() for word in words if word in _CURRENCIES), "")
    levels = [int(match[2]) for word in words if (match := _LEVEL.fullmatch(word)) and word not in _FILLERS]
    words = [match[1] or "" if (match := _LEVEL.fullmatch(word)) else word for word in words]
    kind = next((kind for kind, known in _WORDS.items() if known & set(words)), None)
    if kind is None or not _VOCABULARY.issuperset(words):
        return None
    return PriceColumn(
        place,
        kind,
        basis_of(" ".join(words)),
        min(levels, default=1),
        not _MEASURES.isdisjoint(words),
        currency=currency,
    )
