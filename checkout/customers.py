"""Who buys: contact and addresses, as typed at the checkout and as copied into the order."""

from collections.abc import Collection, Mapping

from sqlmodel import Field, Session, SQLModel

from checkout.cart import Cart


class CheckoutDetails(SQLModel, table=True):
    """What a visitor has told so far at the checkout; goes away with the cart.

    `delivery` is the key of a shipping method or "pickup"; the billing fields are empty where the
    invoice goes to the delivery address. Pickup needs no address at all.
    """

    cart_id: int = Field(foreign_key="cart.id", primary_key=True)
    email: str = ""
    phone: str = ""
    name: str = ""
    company: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = Field(default="DE", max_length=2)
    billing_name: str = ""
    billing_company: str = ""
    billing_street: str = ""
    billing_postal_code: str = ""
    billing_city: str = ""
    billing_country: str = ""
    delivery: str = ""
    payment: str = ""
    note: str = ""


def parse(
    form: Mapping[str, str], standing: CheckoutDetails, countries: Collection[str]
) -> tuple[CheckoutDetails, dict[str, str]]:
    """Read what was typed, over what stood there before; give the details and the problems by field.

    A field that the form does not carry keeps its standing value. `countries` are the codes that
    the shop delivers to. The details are not saved. See `problems` for the sentences.
    """
    raise NotImplementedError


def problems(details: CheckoutDetails, countries: Collection[str]) -> dict[str, str]:
    """What is still missing or wrong, as German sentences by field name; empty if an order can be placed.

    Pickup needs a name and an e-mail address (the confirmation is owed by letter), nothing else.
    """
    raise NotImplementedError


def load(session: Session, cart: Cart) -> CheckoutDetails:
    """What the cart's visitor has told so far; empty, unsaved details if nothing yet."""
    raise NotImplementedError


def save(session: Session, details: CheckoutDetails) -> CheckoutDetails:
    """Keep the details with their cart (`cart_id`), however incomplete they are. Flushes."""
    raise NotImplementedError
