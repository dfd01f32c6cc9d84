"""A shop whose facts suffice for invoices, and orders that have left it."""

from typing import Any

from sqlmodel import Session

from checkout import fulfilment, invoices
from checkout.invoices import Invoice
from checkout.orders import Order
from shop import profile
from shop.profile import Profile
from tests.checkout.ordering import make_order, pay
from tests.make import NOW

SENT: dict[str, Any] = {"carrier": "DHL", "tracking": "", "now": NOW, "author": "Anna"}


def tell_seller(session: Session, **facts: Any) -> Profile:
    """All that the owner must have told before she can write invoices."""
    owner = profile.load(session)
    known = {
        "shop_name": "Schnuckidu", "owner_name": "Anna Beispielhaft", "street": "Marktplatz 3",
        "postal_code": "91550", "city": "Dinkelsbühl", "tax_number": "203/123/45678", "vat_id": "DE123456788",
        "email": "laden@schnuckidu.example", "phone": "09851 123456",
    }  # fmt: skip
    for name, value in (known | facts).items():
        setattr(owner, name, value)
    session.add(owner)
    session.flush()
    return owner


def make_sent(session: Session, **facts: Any) -> Order:
    """A paid order that has left; its invoice comes with the commit."""
    order = make_order(session, **facts)
    pay(session, order)
    fulfilment.ship(session, order, **SENT)
    return order


def the_invoice(session: Session) -> Invoice:
    """The invoice of the only order."""
    return invoices.standing(session, session.get_one(Order, 1))[0]
