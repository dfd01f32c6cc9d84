"""Invoices and what corrects them as frozen documents: all that they say, in whole cents, checked when they are made.

What a document must say is § 14 Abs. 4 UStG and § 31 UStDV; amounts of cancellations and corrections are below zero.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self

from catalog.vat import contained_cents

CATEGORIES = ("S", "Z", "E", "K", "G")  # UNTDID 5305: standard, zero rate, exempt (§ 19), intra-EU, export
UNITS = ("C62", "MTR", "KGM", "MTK", "LTR")  # UN/ECE Recommendation 20: piece, m, kg, m², l


class Kind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    CANCELLATION = "cancellation"
    CORRECTION = "correction"


TITLES = {Kind.INVOICE: "Rechnung", Kind.CANCELLATION: "Stornorechnung", Kind.CORRECTION: "Rechnungskorrektur"}


class DoesNotAddUp(ValueError):
    """A document whose parts are not its whole, or that says something no document says."""


@dataclass(frozen=True)
class Party:
    """Who sells, buys, or gets the goods; "" for what is not known or does not apply.

    `name` is the person or the firm in its legal name, `company` what stands above it (the shop's or firm's name).
    """

    name: str
    company: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "DE"
    email: str = ""
    phone: str = ""
    vat_id: str = ""
    tax_number: str = ""


@dataclass(frozen=True)
class BankAccount:
    """Where money is transferred to."""

    holder: str
    iban: str
    bic: str = ""


@dataclass(frozen=True)
class Reference:
    """Another document."""

    number: str
    issued_on: date


@dataclass(frozen=True)
class Item:
    """One good or service. `gross_cents` is after `discount_cents` were taken off and holds the tax.

    `quantity` is a decimal in price units of all pieces ("4.5" for three cuts of 1,50 m), `unit` its UN/ECE code;
    `price_cents` is gross per price unit; `amount` says the quantity in German ("3 Stücke à 1,50 m").
    """

    position: int
    sku: str
    name: str
    details: str
    amount: str
    unit: str
    quantity: str
    price_cents: int
    gross_cents: int
    discount_cents: int
    net_cents: int
    permille: int
    category: str

    def __post_init__(self) -> None:
        _whole(self, "price_cents", "gross_cents", "discount_cents", "net_cents", "permille", "position")
        _demand(self.category in CATEGORIES, f"no category {self.category!r}")
        _demand(self.unit in UNITS, f"no unit {self.unit!r}")
        _demand(_is_decimal(self.quantity), f"no quantity {self.quantity!r}")
        _demand(bool(self.name), "an item has a name")
        _demand(self.category == "S" or self.permille == 0, "only the standard category has a rate")


@dataclass(frozen=True)
class Tax:
    """What is taxed at one rate; `reason` says in the law's words why there is no tax, "" where there is."""

    category: str
    permille: int
    gross_cents: int
    net_cents: int
    vat_cents: int
    reason: str = ""

    def __post_init__(self) -> None:
        _whole(self, "permille", "gross_cents", "net_cents", "vat_cents")
        _demand(self.net_cents + self.vat_cents == self.gross_cents, "net and tax are not gross")
        rounded = contained_cents(self.gross_cents, self.permille)
        _demand(abs(self.vat_cents - rounded) <= 1, "the tax is not what is contained")  # a sum of rounded parts
        _demand(bool(self.reason) or self.category in ("S", "Z"), "what is not taxed says why")


@dataclass(frozen=True)
class Document:
    """An invoice, cancellation or correction as it was issued.

    `delivered_from` and `delivered_to` are the first and the last day of delivery. `paid_cents` had come when it was
    issued, `due_cents` are left; `pay_by` is their last day, None where nothing is left or the day is not agreed.
    `buyer_reference` is a Leitweg-ID, `vat_country` is where it is taxed, `payment` how it is paid, in words.
    `refers_to` is the invoice that is cancelled or corrected, `reason` why; `notes` are sentences that the law asks
    for, as they are printed. Raises DoesNotAddUp.
    """

    kind: Kind
    number: str
    issued_on: date
    delivered_from: date
    delivered_to: date
    seller: Party
    buyer: Party
    ship_to: Party
    order_number: str
    ordered_on: date
    items: tuple[Item, ...]
    taxes: tuple[Tax, ...]
    net_cents: int
    vat_cents: int
    gross_cents: int
    paid_cents: int
    due_cents: int
    payment: str
    pay_by: date | None = None
    account: BankAccount | None = None
    buyer_reference: str = ""
    vat_country: str = "DE"
    refers_to: Reference | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    is_test: bool = False

    def __post_init__(self) -> None:
        _whole(self, "net_cents", "vat_cents", "gross_cents", "paid_cents", "due_cents")
        _demand(bool(self.items), "a document has items")
        _demand([item.position for item in self.items] == list(range(1, len(self.items) + 1)), "positions count up")
        _demand(_by_rate(self.items) == _by_rate(self.taxes), "items and taxes differ")
        _demand(len({(tax.category, tax.permille) for tax in self.taxes}) == len(self.taxes), "a rate stands twice")
        for amount in ("net_cents", "vat_cents", "gross_cents"):
            _demand(sum(getattr(tax, amount) for tax in self.taxes) == getattr(self, amount), f"{amount} is no sum")
        _demand(self.gross_cents - self.paid_cents == self.due_cents, "what is due is not what is left")
        _demand(self.delivered_from <= self.delivered_to, "the delivery ends before it begins")
        _demand((self.refers_to is None) is (self.kind is Kind.INVOICE), "corrections refer to an invoice")

    @property
    def title(self) -> str:
        """What stands above it."""
        return TITLES[self.kind]

    def to_json(self) -> str:
        """It as text, always the same letters for the same document."""
        plain = asdict(self)
        return json.dumps(plain, default=_text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        """The hash of its text, hexadecimal."""
        return content_hash(self.to_json())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A document from its text. Raises DoesNotAddUp, and ValueError or TypeError for what is none."""
        plain = json.loads(text)
        return cls(**{field.name: _read(field.name, plain[field.name]) for field in fields(cls) if field.name in plain})


def content_hash(text: str) -> str:
    """The SHA-256 of a document's text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(name: str, value: Any) -> Any:
    readers: dict[str, Callable[[Any], Any]] = {
        "kind": Kind,
        "seller": _party,
        "buyer": _party,
        "ship_to": _party,
        "items": lambda rows: tuple(Item(**row) for row in rows),
        "taxes": lambda rows: tuple(Tax(**row) for row in rows),
        "notes": tuple,
        "account": lambda row: BankAccount(**row),
        "refers_to": lambda row: Reference(row["number"], date.fromisoformat(row["issued_on"])),
        **dict.fromkeys(("issued_on", "delivered_from", "delivered_to", "ordered_on", "pay_by"), date.fromisoformat),
    }
    return value if value is None or name not in readers else readers[name](value)


def _party(row: dict[str, str]) -> Party:
    return Party(**row)


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a document")


def _by_rate(parts: Iterable[Item] | Iterable[Tax]) -> dict[tuple[str, int], tuple[int, int]]:
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for part in parts:
        gross, net = sums.get((part.category, part.permille), (0, 0))
        sums[part.category, part.permille] = gross + part.gross_cents, net + part.net_cents
    return sums


def _whole(thing: object, *names: str) -> None:
    for name in names:
        _demand(type(getattr(thing, name)) is int, f"{name} is no whole number")


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _demand(is_so: bool, sentence: str) -> None:
    if not is_so:
        raise DoesNotAddUp(sentence)
