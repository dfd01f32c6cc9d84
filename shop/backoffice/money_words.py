"""Money that came or went back in the owner's words: references and ways to pay are written for machines."""

import re

from checkout import redeeming
from checkout.payments import Payment
from shop.context import the_shop

_WAYS = {"transfer": "Überweisung", "invoice": "Überweisung", "stripe": "Online-Zahlung"}
# "KBN5-CZCW/0: von Hand" is what the owner typed behind the order's number and what was paid before.
_BY_HAND = re.compile(r"\S+/\d+: (?P<typed>.*)", re.DOTALL)
_FROM_BANK = re.compile(r"bank-[0-9a-f]+/\S+")
_NOTE = re.compile(r"(?P<cents>\S+\s€) \((?P<way>\w+)(?:, (?P<reference>.*))?\)(?P<rest>.*)", re.DOTALL)


def way_of(method: str) -> str:
    """What the owner calls a way to pay or to pay back: "transfer" is "Überweisung"."""
    known = the_shop().payments.get(method)
    return _WAYS.get(method) or (known.label if known else redeeming.label(method))


def payment(booked: Payment) -> str:
    """How a payment came, and what the owner may find it again by: "Überweisung, von Hand"."""
    shown = "" if booked.method == redeeming.METHOD else _reference(booked.reference)
    return ", ".join(part for part in (way_of(booked.method), shown) if part)


def note(text: str) -> str:
    """An event's note; one of money, "5,00 € (transfer, bank-0525…/KBN5-CZCW)", says it as `payment` does."""
    told = _NOTE.fullmatch(text)
    if told is None:
        return text
    shown = [way_of(told["way"]), _reference(told["reference"] or "")]
    return f"{told['cents']} ({', '.join(part for part in shown if part)}){told['rest']}"


def _reference(reference: str) -> str:
    if _FROM_BANK.fullmatch(reference):
        return ""
    typed = _BY_HAND.fullmatch(reference)
    return typed["typed"] if typed else reference
