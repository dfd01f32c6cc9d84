"""Documents for tests: a builder, and all that can be thought of."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from catalog.vat import contained_cents
from checkout.documents import BankAccount, Document, Item, Kind, Party, Reference, Tax
from checkout.invoice_terms import Terms
from checkout.totals import split

SELLER = Party(
    "Anna Beispielhaft", "Schnuckidu", "Marktplatz 3", "91550", "Dinkelsbühl", email="laden@schnuckidu.example",
    phone="09851 123456", vat_id="DE123456788", tax_number="203/123/45678",
)  # fmt: skip
BUYER = Party("Berta Käufer", "", "Gasse 1", "20095", "Hamburg", email="berta@kundin.example")
DAY = date(2026, 11, 27)
TERMS = Terms(
    SELLER, BankAccount("Anna Beispielhaft", "DE02120300000000202051"), ways={"transfer": "Überweisung vorab"},
    country_name=lambda code: {"AT": "Österreich", "FR": "Frankreich"}[code],
)  # fmt: skip
_EXEMPT = {"E": "Steuerfreier Umsatz", "K": "Steuerfreie innergemeinschaftliche Lieferung", "G": "Steuerfreie Ausfuhr"}


def make_document(*gross: tuple[int, int], category: str = "S", **changes: Any) -> Document:
    """A document of one item per (gross cents, permille); the default is one of 38,85 € at 19 %."""
    parts = gross or ((38_85, 190),)
    taxes = [
        _tax([cents for cents, rate in parts if rate == permille], permille, category) for permille in _rates(parts)
    ]
    items: list[Item] = []
    for tax in taxes:
        of_rate = [cents for cents, permille in parts if permille == tax.permille]
        sign = -1 if tax.gross_cents < 0 else 1
        nets = [sign * net for net in split(abs(tax.net_cents), [abs(cents) for cents in of_rate])]
        items += [_item(cents, net, tax) for cents, net in zip(of_rate, nets, strict=True)]
    whole: dict[str, Any] = {
        "kind": Kind.INVOICE, "number": "RE-2026-00001", "issued_on": DAY, "delivered_from": DAY, "delivered_to": DAY,
        "seller": SELLER, "buyer": BUYER, "ship_to": BUYER, "order_number": "7K3M-9Q2A", "ordered_on": DAY,
        "items": tuple(replace(item, position=position) for position, item in enumerate(items, start=1)),
        "taxes": tuple(taxes), "net_cents": sum(tax.net_cents for tax in taxes),
        "vat_cents": sum(tax.vat_cents for tax in taxes), "gross_cents": sum(cents for cents, _ in parts),
        "paid_cents": 0, "due_cents": sum(cents for cents, _ in parts), "payment": "Kauf auf Rechnung",
    }  # fmt: skip
    return Document(**(whole | changes))


def _rates(parts: tuple[tuple[int, int], ...]) -> list[int]:
    return sorted({permille for _, permille in parts}, reverse=True)


def _tax(cents: list[int], permille: int, category: str) -> Tax:
    vat_cents = contained_cents(sum(cents), permille)
    return Tax(category, permille, sum(cents), sum(cents) - vat_cents, vat_cents, _EXEMPT.get(category, ""))


def _item(cents: int, net: int, tax: Tax) -> Item:
    return Item(
        1, "B-1", "Baumwolle „Punkte“", "Farbe: Petrol", "3 Stücke à 1,50 m", "MTR", "4.5", 12_95, cents, 0, net,
        tax.permille, tax.category,
    )  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """All that can be thought of: rates, kinds, parties, days."""
    category = draw(st.sampled_from(("S", "S", "E", "K", "G")))
    rates = st.sampled_from((190, 70, 200, 81)) if category == "S" else st.just(0)
    parts = draw(st.lists(st.tuples(st.integers(0, 10_000_00), rates), min_size=1, max_size=6))
    kind = draw(st.sampled_from(Kind))
    sign = 1 if kind is Kind.INVOICE else -1
    paid_cents = draw(st.integers(0, sum(cents for cents, _ in parts))) if sign == 1 else 0
    texts = st.text(max_size=30)
    return make_document(
        *[(sign * cents, permille) for cents, permille in parts],
        category=category,
        kind=kind,
        buyer=Party(draw(texts), draw(texts), draw(texts), country=draw(st.sampled_from(("DE", "AT", "CH")))),
        paid_cents=paid_cents,
        due_cents=sign * sum(cents for cents, _ in parts) - paid_cents,
        pay_by=draw(st.none() | st.dates()),
        account=draw(st.none() | st.builds(BankAccount, texts, texts, texts)),
        refers_to=None if kind is Kind.INVOICE else Reference("RE-2026-00001", draw(st.dates())),
        notes=tuple(draw(st.lists(texts, max_size=3))),
        is_test=draw(st.booleans()),
    )
