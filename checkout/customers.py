"""Who buys: contact and addresses, as typed at the checkout and as copied into the order."""

from sqlmodel import Field, SQLModel


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
