"""The form of a maker, on its own page and inside an article's: its fields, and what they mean."""

from datetime import datetime

from sqlmodel import Session

from catalog import makers
from catalog.makers import Maker
from shop.backoffice import words
from shop.backoffice.typed import Typed

COLUMNS = {
    "strasse": "street",
    "plz": "postal_code",
    "ort": "city",
    "land": "country",
    "kontakt": "contact",
    "eu": "eu_responsible",
}
INSIDE = "neu-"  # before the names of these fields in an article's form
_ELECTRONIC = "Bitte eine E-Mail- oder Webadresse eintragen, zum Beispiel info@weberei.de oder www.weberei.de."


def typed_of(maker: Maker) -> Typed:
    """The form filled with a maker as it stands."""
    return Typed({"name": maker.name, **{name: getattr(maker, column) for name, column in COLUMNS.items()}})


def read(typed: Typed, prefix: str = "") -> dict[str, str]:
    """A maker's columns (all but its name) as typed; what does not fit is in `typed.errors` afterwards.

    An address that is still incomplete may be saved: its articles wait as drafts until it is whole.
    """
    values = {column: typed.text(f"{prefix}{name}", longest=500) for name, column in COLUMNS.items()}
    values["country"] = values["country"] or "DE"
    if values["country"] not in words.COUNTRIES:
        typed.errors[f"{prefix}land"] = "Bitte wählen Sie ein Land aus der Liste."
    if values["contact"] and not makers.is_electronic(values["contact"]):
        typed.errors[f"{prefix}kontakt"] = _ELECTRONIC
    if values["eu_responsible"] and not makers.is_electronic(values["eu_responsible"]):
        typed.errors[f"{prefix}eu"] = f"Bei der verantwortlichen Person fehlt etwas: {_ELECTRONIC}"
    return values


def keep(session: Session, name: str, values: dict[str, str], now: datetime) -> int:
    """Add the maker that an article's form names; gives its id.

    Of one that is known already only what was typed is changed, so that a name alone takes nothing away. Flushes.
    """
    maker = makers.named(session, name)
    assert maker.id is not None
    is_known = bool(maker.street or maker.contact)
    typed = {column: value for column, value in values.items() if value and column != "country"}
    makers.describe(session, maker.id, typed if is_known else values, now)
    return maker.id
