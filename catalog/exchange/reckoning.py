"""From the prices of a file to those that shoppers pay: tax put on, multiplied, rounded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice

from sqlmodel import Session, col, select

from catalog.exchange.articles import Article, Reading, Remark, VariantRow
from catalog.exchange.decimals import FineCents, too_fine
from catalog.exchange.in_words import factor_in_words
from catalog.exchange.pricing import Basis, basis_of
from catalog.exchange.wishes import Wishes
from catalog.money import format_cents
from catalog.products import Product, Variant
from catalog.vat import Taxation, VatClass, format_rate

GROSS = "gross"
"""The question to which the owner says yes where the prices of a file hold the tax."""
PURCHASE = "purchase"
"""The question to which she says yes where her purchase prices are to be the prices of the shop."""

_LOOKED_AT = 200  # articles, for an example
_SAYS_NET = re.compile(r"\b(netto\w*|zzgl|zuzüglich|exkl|ek|einkaufspreise?|händlerpreise?)\b", re.IGNORECASE)


def asked_cents(cents: int, permille: int, factor: Decimal, full_cents: int = 1) -> int:
    """The price to ask: tax put on (`permille` 0 where it is in), multiplied, rounded once, half up, to a cent.

    Then up to a multiple of `full_cents`: 837 → 840 with 5.
    """
    exact = cents.exact if isinstance(cents, FineCents) else Decimal(cents)
    rounded = int((exact * (1000 + permille) / 1000 * factor).quantize(Decimal(1), ROUND_HALF_UP))
    return -(-rounded // full_cents) * full_cents


def are_net(reading: Reading, wishes: Wishes) -> bool:
    """Whether the prices are without tax: the owner's word, then the dialect's, then the column's name."""
    said = reading.are_net if wishes.are_net is None else wishes.are_net
    return _basis(reading) in (Basis.NET, Basis.PURCHASE) if said is None else said


@dataclass(frozen=True)
class Classes:
    """The goods of the shop that are not taxed in full, by article number, GTIN and address: mostly very few."""

    known: dict[str, VatClass]

    def of(self, article: Article) -> VatClass:
        """What the file says, else what stands in the shop, else the full rate."""
        if "vat_class" in article.facts:
            return VatClass(article.facts["vat_class"])
        return next((self.known[name] for name in _names(article) if name in self.known), VatClass.STANDARD)


def classes(session: Session) -> Classes:
    """Look at them as they stand."""
    rows = (
        select(Product.vat_class, Product.slug, Variant.sku, Variant.gtin)
        .join(Variant, col(Variant.product_id) == col(Product.id))
        .where(Product.vat_class != VatClass.STANDARD)
    )
    return Classes({name: VatClass(kind) for kind, *names in session.exec(rows).all() for name in names if name})


@dataclass(frozen=True)
class Prices:
    """Makes the prices of a file those that shoppers pay. `classes` is None where they hold the tax already."""

    reading: Reading
    wishes: Wishes
    taxation: Taxation
    on: date
    classes: Classes | None

    def set(self, article: Article) -> None:
        """Set the prices of an article's variants, or refuse what is finer than a cent.

        The maker's recommended price is one that shoppers pay, and stays.
        """
        permille = self._permille(article)
        for each in article.variants:
            self._settle(article, each, permille)

    def questions(self) -> list[Remark]:
        """What must be said before anything is written, where the file lets one doubt what its prices are."""
        first = next(self._priced(), None)
        if first is None:
            return []
        column = self._column
        if self._basis is Basis.PURCHASE and self.wishes.factor == 1 and self.reading.are_net is None:
            reason = (
                f"„{column}“ klingt nach Ihrem Einkaufspreis, und es ist kein Aufschlag gewünscht. Soll das der Preis "
                "im Laden sein?"
            )
            return [Remark(first[1].row, column, reason, stops=True, question=PURCHASE)]
        if self.wishes.are_net is None and self.reading.are_net is None and self._doubt:
            reason = f"{self._doubt} Sind es Ihre Verkaufspreise mit Mehrwertsteuer?"
            return [Remark(first[1].row, column, reason, stops=True, question=GROSS)]
        return []

    def notes(self) -> list[str]:
        """How the prices were reckoned, with an example."""
        if not self._reckons or next(self._priced(), None) is None:
            return []
        parts = ["netto, wir rechnen die Mehrwertsteuer dazu"] if self.classes else []
        if self.wishes.factor != 1:
            parts.append(factor_in_words(self.wishes.factor))
        if self.wishes.full_cents != 1:
            parts.append(f"aufgerundet auf volle {self.wishes.full_cents} Cent")
        return [f"Preise der Spalte „{self._column}“: {'; '.join(parts)}.{self._example()}"]

    @property
    def _reckons(self) -> bool:
        return self.classes is not None or self.wishes.factor != 1 or self.wishes.full_cents != 1

    @property
    def _column(self) -> str:
        return self.reading.columns.get("price_cents", "Preis")

    @property
    def _basis(self) -> Basis:
        return _basis(self.reading)

    @property
    def _doubt(self) -> str:
        """What lets one doubt that the prices hold the tax; "" where nothing does."""
        if self._basis is Basis.OPEN:
            return f"„{self._column}“ lässt offen, ob die Mehrwertsteuer in den Preisen steckt."
        above = next((cell for cells in self.reading.table.above for cell in cells if _SAYS_NET.search(cell)), "")
        if above and self._basis is Basis.UNSAID:
            return f"Über der Tabelle steht „{_short(above)}“."
        return ""

    def _permille(self, article: Article) -> int:
        return self.taxation.permille(self.classes.of(article), self.on) if self.classes else 0

    def _settle(self, article: Article, row: VariantRow, permille: int) -> None:
        def asked(key: str, cents: int) -> int:
            return self._asked(article, row, key, cents, permille)

        facts = row.facts
        if facts.get("price_cents") is not None:
            facts["price_cents"] = asked("price_cents", facts["price_cents"])
        if facts.get("sale"):
            facts["sale"] = replace(facts["sale"], price_cents=asked("sale_price", facts["sale"].price_cents))
        if facts.get("steps"):
            facts["steps"] = tuple((quantity, asked("steps", cents)) for quantity, cents in facts["steps"])
        if facts.get("rrp_cents") is not None:
            facts["rrp_cents"] = self._whole(article, row, "rrp_cents", facts["rrp_cents"])

    def _asked(self, article: Article, row: VariantRow, key: str, cents: int, permille: int) -> int:
        if not self._reckons:
            return self._whole(article, row, key, cents)
        return asked_cents(cents, permille, self.wishes.factor, self.wishes.full_cents)

    def _whole(self, article: Article, row: VariantRow, key: str, cents: int) -> int:
        if isinstance(cents, FineCents):
            written = f"{cents.exact / 100}".replace(".", ",")
            article.refused.append(Remark(row.row, self.reading.columns.get(key, key), too_fine(written)))
        return int(cents)

    def _priced(self) -> Iterator[tuple[Article, VariantRow]]:
        """The first variants that have a price, as the file has it."""
        for article in islice(self.reading.articles(), _LOOKED_AT):
            yield from ((article, each) for each in article.variants if each.facts.get("price_cents"))

    def _example(self) -> str:
        for article, each in self._priced():
            cents = each.facts["price_cents"]
            permille = self._permille(article)
            asked = asked_cents(cents, permille, self.wishes.factor, self.wishes.full_cents)
            tax = f" (mit {format_rate(permille)})" if self.classes else ""
            return f" Aus {_written(cents)} werden {format_cents(asked)}{tax}."
        return ""


def _basis(reading: Reading) -> Basis:
    return basis_of(reading.columns.get("price_cents", ""))


def _names(article: Article) -> Iterator[str]:
    for each in article.variants:
        yield from (each.sku, each.facts.get("gtin") or "")
    yield article.key


def _written(cents: int) -> str:
    if isinstance(cents, FineCents):
        return f"{cents.exact / 100}".replace(".", ",") + "\u00a0€"
    return format_cents(cents)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
