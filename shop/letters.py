"""Which letters there are, and how one is written: its function reads the facts, three templates say them.

A letter of a kind is made of `mail/<kind>.subject.txt`, `mail/<kind>.txt` and `mail/<kind>.html`, which
a theme may override one by one. What its function gives stands in all three.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from sqlmodel import Session

from checkout import wordings
from checkout.payments import PaymentMethod
from shop import legal, letter_facts, profile
from shop.letter_facts import Attachment, Facts, NothingToWrite, Picture, Source
from shop.newsletter import facts as newsletter_facts


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its name in the backoffice, what it is about, and the function that reads its facts."""

    label: str
    about: str  # "order", "refund", "gift", "withdrawal", "test": the first half of Letter.reason
    read: Callable[[Source], Facts]


LETTERS: dict[str, Kind] = {
    "order_received": Kind("Bestellung eingegangen", "order", letter_facts.order_received),
    "transfer_instead": Kind("Überweisung statt Online-Zahlung", "order", letter_facts.transfer_instead),
    "payment_received": Kind("Zahlung eingegangen", "order", letter_facts.payment_received),
    "shipped": Kind("Paket verschickt", "shipment", letter_facts.shipped),
    "ready_for_pickup": Kind("Abholbereit", "order", letter_facts.ready_for_pickup),
    "pickup_reminder": Kind("Erinnerung an die Abholung", "order", letter_facts.ready_for_pickup),
    "payment_reminder": Kind("Erinnerung an die Überweisung", "order", letter_facts.payment_reminder),
    "order_expired": Kind("Bestellung aufgehoben", "order", letter_facts.order_expired),
    "invoice_reminder": Kind("Erinnerung an die Rechnung", "order", letter_facts.payment_reminder),
    "invoice": Kind("Rechnung oder Korrektur", "invoice", letter_facts.invoice),
    "customer_number": Kind("Kundennummer für Kauf auf Rechnung", "buyer", letter_facts.customer_number),
    "inquiry": Kind("Rückfrage zu einer Zeile", "inquiry", letter_facts.inquiry),
    "order_cancelled": Kind("Bestellung storniert", "order", letter_facts.order_cancelled),
    "refunded": Kind("Geld zurückgezahlt", "refund", letter_facts.refunded),
    "gift_voucher": Kind("Gutschein", "gift", letter_facts.gift_voucher),
    "withdrawal_received": Kind("Eingangsbestätigung zum Widerruf", "withdrawal", letter_facts.withdrawal_received),
    "order_for_owner": Kind("An Sie: neue Bestellung", "order", letter_facts.order_for_owner),
    "surplus_for_owner": Kind("An Sie: Geld geht zurück", "refund", letter_facts.surplus_for_owner),
    "inquiry_answered": Kind("An Sie: Antwort auf Ihre Rückfrage", "inquiry", letter_facts.inquiry),
    "withdrawal_for_owner": Kind("An Sie: neuer Widerruf", "withdrawal", letter_facts.withdrawal_for_owner),
    "newsletter_confirm": Kind("Frage nach dem Newsletter", "subscription", newsletter_facts.confirmation),
    "newsletter": Kind("Newsletter", "copy", newsletter_facts.copy),
    "newsletter_test": Kind("An Sie: Probe eines Newsletters", "issue", newsletter_facts.trial),
    "law_for_owner": Kind("An Sie: Ampel ist rot", "law", letter_facts.law_for_owner),
    "test": Kind("Probebrief an Sie", "test", letter_facts.test),
}


@dataclass(frozen=True)
class Draft:
    """What a letter of a kind has to say; `pictures` are those that its HTML shows by `cid:`."""

    kind: str
    context: dict[str, Any]
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A letter in words: a subject of one line, the whole text, and the same as HTML with its pictures."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...]


def labels() -> dict[str, str]:
    """What the kinds of letters are called in the backoffice."""
    return {name: kind.label for name, kind in LETTERS.items()}


def compose(
    session: Session,
    kind: str,
    reason: str,
    *,
    url: str,
    payments: Mapping[str, PaymentMethod],
    themes: Sequence[Path],
    artwork: Path | None = None,
    print_invoice: Callable[[int], Attachment] | None = None,
) -> Draft:
    """Read what a letter of `kind` about `reason` ("order:<id>", "refund:<id>", …) needs; writes nothing.

    `url` is the shop's address, without a slash at its end; `themes` the theme's folders, itself first, `artwork` the
    folder of official pictures; `print_invoice` gives an invoice as a file by its id, None where letters bring none.
    The papers that go with the letter are printed here, which takes a moment: hand in a session that only reads.
    Raises NothingToWrite.
    """
    about, _, row_id = reason.partition(":")
    known = LETTERS.get(kind)
    if known is None or known.about != about or not row_id.isdigit():
        raise NothingToWrite(f"{kind} {reason}")
    shop = profile.load(session)
    facts = known.read(Source(session, int(row_id), url, payments, shop, themes, artwork, print_invoice))
    frame = {
        "shop": shop,
        "url": url,
        "wordings": wordings,
        "imprint": legal.contact(shop),
        "tax_id_name": legal.tax_id_name(shop, is_short=True),
        "pictures": facts.pictures,
    }
    return Draft(kind, frame | facts.context, facts.pictures, facts.attachments, facts.headers)


def write(templates: Environment, draft: Draft) -> Written:
    """Put a draft into words with its three templates."""

    def said(ending: str) -> str:
        return templates.get_template(f"mail/{draft.kind}.{ending}").render(context)

    context = dict(draft.context)
    context["subject"] = subject = " ".join(said("subject.txt").split())  # no line ends into the letter's head
    text = re.sub(r"\n{4,}", "\n\n\n", said("txt").strip()) + "\n"
    style = templates.get_template("mail/_style.css").render()
    html = _with_inline_style(said("html"), style)
    return Written(subject, text, html, tuple(each for each in draft.pictures.values() if f"cid:{each.cid}" in html))


_RULE = re.compile(r"([a-z0-9.-]+)\s*\{([^{}]*)\}")
_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_CLASS = re.compile(r'\sclass="([^"]*)"')


def _with_inline_style(html: str, style: str) -> str:
    """Write the rules of a style sheet (one tag or one class each) into the tags: many mail programs read no other."""
    rules = {name: " ".join(rule.split()) for name, rule in _RULE.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.S))}

    def styled(tag: re.Match[str]) -> str:
        classes = _CLASS.search(tag[2])
        names = [tag[1], *(f".{each}" for each in (classes[1].split() if classes else ()))]
        found = " ".join(rules[name] for name in names if name in rules)
        return f'<{tag[1]}{tag[2]} style="{found}">' if found else tag[0]

    head, body, rest = html.partition("<body")
    return head + _TAG.sub(styled, body + rest)
