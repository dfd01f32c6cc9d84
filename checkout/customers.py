"""Who buys: contact and addresses, as typed at the checkout and as copied into the order."""

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Field, Session, SQLModel, select

from checkout.cart import Cart
from checkout.shipping import BY_MAIL, PICKUP

# Each field of the form, with the most signs that it may have.
FIELDS = {
    "email": 254, "phone": 40, "name": 100, "company": 100, "street": 120, "postal_code": 12, "city": 80,
    "country": 2, "billing_name": 100, "billing_company": 100, "billing_street": 120, "billing_postal_code": 12,
    "billing_city": 80, "billing_country": 2, "delivery": 80, "payment": 40, "note": 1000, "sample_order": 60,
    "customer_number": 40, "business": 2, "buyer_vat_id": 20, "buyer_reference": 46,
}  # fmt: skip
_CODES = ("country", "billing_country")
_OWED = {
    "street": "Bitte nennen Sie Straße und Hausnummer.",
    "postal_code": "Bitte nennen Sie die Postleitzahl.",
    "city": "Bitte nennen Sie den Ort.",
}
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322; what mail servers take that know no SMTPUTF8
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.)+[^\W\d_]{{2,63}}")
_PHONE = re.compile(r"\+?[\d\s()/.–-]{4,40}")
_POSTAL_CODES = {code: (re.compile(rf"\d{{{digits}}}"), digits) for code, digits in (("DE", 5), ("AT", 4), ("CH", 4))}


class CheckoutDetails(SQLModel, table=True):
    """What a visitor has told so far at the checkout; goes away with the cart.

    `delivery` is the key of a shipping method or "pickup"; the billing fields are empty where the
    invoice goes to the delivery address. Pickup needs no address at all. `browser` is the hash of a secret
    in the cookie of the browser in which it was told: to others that know the cart it is not shown.
    """

    cart_id: int = Field(foreign_key="cart.id", primary_key=True, ondelete="CASCADE")
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
    # Hers, if the owner lets her buy by invoice.
    customer_number: str = Field(default="", sa_column_kwargs={"server_default": ""})
    business: str = Field(default="", sa_column_kwargs={"server_default": ""})  # "ja": she has ticked that she is one
    buyer_vat_id: str = Field(default="", sa_column_kwargs={"server_default": ""})
    buyer_reference: str = Field(default="", sa_column_kwargs={"server_default": ""})  # Leitweg-ID, or a number of hers
    sample_order: str = ""  # the number of an earlier order of samples, whose price is to be credited
    order_id: int | None = Field(default=None, foreign_key="order.id")  # what came of it
    browser: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})


def parse(
    form: Mapping[str, str], standing: CheckoutDetails, countries: Collection[str]
) -> tuple[CheckoutDetails, dict[str, str]]:
    """Read what was typed, over what stood there before; give the details and the problems by field.

    A field that the form does not carry keeps its standing value. `countries` are the codes that
    the shop delivers to. The details are not saved. See `problems` for the sentences.
    """
    typed: dict[str, Any] = {field: _tidy(form.get(field, getattr(standing, field)), field) for field in FIELDS}
    told = typed | {"country": typed["country"] or "DE"} | _of_a_business(typed)
    details = CheckoutDetails(cart_id=standing.cart_id, **told)
    return details, problems(details, countries)


def problems(details: CheckoutDetails, countries: Collection[str], *, by_phone: bool = False) -> dict[str, str]:
    """What is still missing or wrong, as German sentences by field name; empty if an order can be placed.

    Pickup needs a name and one way to reach the shopper, e-mail or telephone, and no address (DSGVO
    Art. 5). A parcel needs an e-mail address, to which its confirmation goes; whoever orders at the
    owner's telephone (`by_phone`) gets it on paper (§ 312f Abs. 2 BGB: at latest with the goods).
    """
    found = _contact_problems(details, any_way=by_phone or details.delivery == PICKUP) | _too_long(details)
    if details.delivery not in (PICKUP, BY_MAIL):
        found |= _address_problems(details, "", countries)
    if has_billing_address(details):
        found |= _address_problems(details, "billing_", None)
    if not details.delivery:
        found["delivery"] = "Bitte wählen Sie, wie Sie Ihre Bestellung bekommen möchten."
    if not details.payment:
        found["payment"] = "Bitte wählen Sie, wie Sie bezahlen möchten."
    return found


def _of_a_business(typed: Mapping[str, str]) -> dict[str, str]:
    """What only who buys for a business tells; nobody else is taken for one because of a number left standing."""
    if not typed["business"]:
        return {"business": "", "buyer_vat_id": "", "buyer_reference": ""}
    bare = re.sub(r"[\s./-]", "", typed["buyer_vat_id"]).upper()
    return {"business": "ja", "buyer_vat_id": bare, "buyer_reference": typed["buyer_reference"]}


def has_billing_address(details: CheckoutDetails) -> bool:
    """Whether the invoice goes elsewhere than the parcel."""
    return any(getattr(details, field) for field in FIELDS if field.startswith("billing_") and field not in _CODES)


def load(session: Session, cart: Cart, browser: str = "") -> CheckoutDetails:
    """What the cart's visitor has told so far in this browser; empty, unsaved details if nothing yet.

    `browser` is the secret that her cookie got when she told it; "" where there is no browser.
    """
    assert cart.id is not None
    told = session.get(CheckoutDetails, cart.id)
    is_hers = told is not None and told.browser == _hash(browser)
    return told if told is not None and is_hers else CheckoutDetails(cart_id=cart.id)


def save(session: Session, details: CheckoutDetails, browser: str = "") -> CheckoutDetails:
    """Keep the details with their cart (`cart_id`), however incomplete they are, for a browser. Flushes.

    The cart is locked, for another tab may be telling for the first time as well (PostgreSQL).
    """
    session.exec(select(Cart.id).where(Cart.id == details.cart_id).with_for_update()).first()
    details.browser = _hash(browser)
    kept = session.merge(details)
    session.flush()
    return kept


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest() if browser else ""


def _tidy(text: str, field: str) -> str:
    """Without stray blanks and control signs; only a note may have lines."""
    lines = (" ".join(line.split()) for line in text.splitlines()) if field == "note" else (" ".join(text.split()),)
    cleaned = "\n".join(lines).strip()
    visible = "".join(sign for sign in cleaned if sign == "\n" or sign.isprintable())
    return visible.upper() if field in _CODES else visible


def _contact_problems(details: CheckoutDetails, *, any_way: bool) -> dict[str, str]:
    """`any_way`: a telephone number does as well as an e-mail address."""
    found = {}
    if not details.name:
        found["name"] = "Bitte nennen Sie uns Ihren Namen."
    if any_way and not details.email and not details.phone:
        found["email"] = "Bitte nennen Sie uns Ihre E-Mail-Adresse oder eine Telefonnummer: Eines von beiden genügt."
    elif not details.email and not any_way:
        found["email"] = "Bitte nennen Sie uns Ihre E-Mail-Adresse: Dorthin schicken wir die Bestätigung."
    elif details.email and not is_email(details.email):
        found["email"] = f"„{details.email}“ ist keine E-Mail-Adresse. Bitte so eingeben: name@beispiel.de"
    if details.phone and not _PHONE.fullmatch(details.phone):
        found["phone"] = "Diese Telefonnummer können wir nicht lesen. Bitte nur Ziffern, zum Beispiel 04321 56789."
    return found


def is_email(text: str) -> bool:
    """Whether it can be an e-mail address; whether it exists, only a letter can tell."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _address_problems(details: CheckoutDetails, prefix: str, countries: Collection[str] | None) -> dict[str, str]:
    """An invoice may go to any country (`countries` None), a parcel only where the shop delivers."""
    found = {prefix + field: sentence for field, sentence in _OWED.items() if not getattr(details, prefix + field)}
    if prefix and not details.billing_name:
        found["billing_name"] = "Bitte nennen Sie den Namen für die Rechnung."
    country = getattr(details, f"{prefix}country") or "DE"
    if countries is not None and country not in countries:
        found[f"{prefix}country"] = "In dieses Land liefern wir leider nicht. Bitte wählen Sie ein anderes."
    postal_code, shape = getattr(details, f"{prefix}postal_code"), _POSTAL_CODES.get(country)
    if postal_code and shape and not shape[0].fullmatch(postal_code):
        found[f"{prefix}postal_code"] = f"Die Postleitzahl hat {shape[1]} Ziffern. Bitte prüfen Sie sie."
    return found


def _too_long(details: CheckoutDetails) -> dict[str, str]:
    return {
        field: f"Das ist zu lang für uns (höchstens {most} Zeichen). Bitte kürzen Sie es."
        for field, most in FIELDS.items()
        if len(getattr(details, field)) > most
    }
