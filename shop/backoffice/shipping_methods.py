"""The form of a way to send: what it is, and its tiers, grouped by the countries that they are for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request

from catalog.refusals import Refusal
from catalog.thickness import parse_thickness
from catalog.units import Unit, format_quantity
from checkout import rate_table, rates
from checkout.carriers import CARRIERS
from checkout.limits import thickness_in_words
from checkout.rates import Kind, ShippingMethod, ShippingRate
from shop import profile
from shop.backoffice import profile_form, shipping, words
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import session

blueprint = Blueprint("shipping_methods", __name__, url_prefix="/laden/versand/art")

_FIELDS = ("gewicht", "dicke", "ab", "bis", "preis", "frei", "muster")
_NUMBERED = re.compile(r"z(\d{1,2})-(\d{1,2})-(?:gewicht|dicke|ab|bis|preis|frei)")
_EMPTY_ROWS = 2  # below those that are filled
_MOST = 40  # tiers of a destination, and destinations


@dataclass(frozen=True)
class Destination:
    """A group of countries in the form: its number, and the numbers of its rows."""

    number: int
    rows: range


@blueprint.get("")
def edit() -> Any:
    """A way to send by its name, or an empty form."""
    name = request.args.get("name", "")
    tariff = rates.load(session())
    if name and name not in tariff.names():
        abort(404)
    tiers = [rate for rate in tariff.rates if rate.name == name] if name else []
    return _page(name, Typed(_texts(tariff.method(name), tiers)))


@blueprint.post("")
def save() -> Any:
    """Write a way to send with all its tiers; orders that were placed keep what they cost."""
    typed = Typed(request.form)
    before = typed.raw("bisher")
    method, tiers = _read_method(typed), list(_read_tiers(typed))
    if typed.is_valid and not tiers:
        typed.errors["z1-1-preis"] = "Bitte tragen Sie mindestens einen Preis ein."
    if typed.is_valid:
        try:
            rate_table.put(session(), before, method, tiers)
        except Refusal as refusal:
            typed.errors["name"] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _page(before, typed), 422
    return shipping.done(f"„{method.name}“ ist gespeichert.")


@blueprint.post("/entfernung")
def remove() -> Any:
    """Remove a way to send."""
    rate_table.remove(session(), request.form.get("bisher", ""))
    return shipping.done("Die Versandart ist entfernt.")


def _read_method(typed: Typed) -> ShippingMethod:
    return ShippingMethod(
        name=typed.text("name", required="Wie heißt die Versandart? Zum Beispiel: Paket.", longest=80),
        kind=typed.choice("art", Kind, Kind.PARCEL).value,
        carrier=typed.one_of("dienst", tuple(CARRIERS), ""),
        packing_g=typed.quantity("verpackung-gewicht", Unit.WEIGHT) or 0,
        plastic_g=_plastic(typed),
        packing_mm=typed.by_rule("verpackung-dicke", parse_thickness) or 0,
        insured_cents=typed.cents("versichert"),
        billing_number=typed.by_rule("abrechnung", _billing_number) or "",
        note=typed.text("hinweis", longest=200),
        memo=typed.text("merkzettel", longest=500),
    )


def _plastic(typed: Typed) -> int:
    """Grams of plastics in the packing; never more than it weighs."""
    plastic_g = typed.quantity("verpackung-kunststoff", Unit.WEIGHT) or 0
    if plastic_g > (typed.quantity("verpackung-gewicht", Unit.WEIGHT) or 0):
        typed.errors["verpackung-kunststoff"] = "Das ist mehr, als die ganze Verpackung wiegt."
    return plastic_g


def _read_tiers(typed: Typed) -> Iterator[ShippingRate]:
    for destination in _destinations(typed.texts):
        codes = [each for each in profile_form.DELIVERY_COUNTRIES if typed.ticked(f"z{destination.number}-land-{each}")]
        for row in destination.rows:
            begin = f"z{destination.number}-{row}"
            if any(typed.raw(f"{begin}-{field}") for field in _FIELDS if field != "muster"):
                if not codes:
                    typed.errors[f"z{destination.number}-land"] = "Bitte kreuzen Sie an, wohin diese Preise gelten."
                yield _read_tier(typed, begin, " ".join(codes))


def _read_tier(typed: Typed, begin: str, country: str) -> ShippingRate:
    least, most = typed.cents(f"{begin}-ab"), typed.cents(f"{begin}-bis")
    if least is not None and most is not None and least > most:
        typed.errors[f"{begin}-bis"] = "Das liegt unter dem kleinsten Warenwert."
    weight_g = typed.quantity(f"{begin}-gewicht", Unit.WEIGHT)
    if weight_g == 0:
        typed.errors[f"{begin}-gewicht"] = "Leer lassen heißt: für jedes Gewicht."
    return ShippingRate(
        name="",
        country=country,
        max_weight_g=weight_g,
        max_thickness_mm=typed.by_rule(f"{begin}-dicke", parse_thickness),
        min_goods_cents=least or None,
        max_goods_cents=most,
        price_cents=typed.cents(f"{begin}-preis", required="Bitte den Preis eintragen, zum Beispiel 4,90.") or 0,
        free_from_cents=typed.cents(f"{begin}-frei"),
        for_samples=typed.ticked(f"{begin}-muster"),
    )


class NotABillingNumber(Refusal):
    """The text is no number of a contract with DHL."""


def _billing_number(text: str) -> str:
    bare = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[0-9]{12}[0-9A-Z]{2}", bare):
        raise NotABillingNumber("Eine Abrechnungsnummer von DHL hat 14 Stellen, zum Beispiel 33333333330101.")
    return bare


def _texts(method: ShippingMethod, tiers: list[ShippingRate]) -> dict[str, str]:
    texts = {
        "bisher": method.name,
        "name": method.name,
        "art": method.kind,
        "dienst": method.carrier,
        "verpackung-gewicht": _grams(method.packing_g or None),
        "verpackung-kunststoff": _grams(method.plastic_g or None),
        "verpackung-dicke": thickness_in_words(method.packing_mm) if method.packing_mm else "",
        "versichert": amount(method.insured_cents),
        "abrechnung": method.billing_number,
        "hinweis": method.note,
        "merkzettel": method.memo,
    }
    for number, country in enumerate(dict.fromkeys(tier.country for tier in tiers), start=1):
        texts |= {f"z{number}-land-{code}": "ja" for code in country.split()}
        for row, tier in enumerate((tier for tier in tiers if tier.country == country), start=1):
            texts |= {f"z{number}-{row}-{field}": text for field, text in _tier_texts(tier).items()}
    return texts if tiers else texts | {"z1-land-DE": "ja"}


def _tier_texts(tier: ShippingRate) -> dict[str, str]:
    thickness = "" if tier.max_thickness_mm is None else thickness_in_words(tier.max_thickness_mm)
    return {
        "gewicht": _grams(tier.max_weight_g),
        "dicke": thickness,
        "ab": amount(tier.min_goods_cents),
        "bis": amount(tier.max_goods_cents),
        "preis": amount(tier.price_cents),
        "frei": amount(tier.free_from_cents),
        "muster": ticked(tier.for_samples),
    }


def _grams(weight_g: int | None) -> str:
    return "" if weight_g is None else format_quantity(weight_g, Unit.WEIGHT)


def _destinations(texts: Mapping[str, str]) -> list[Destination]:
    """The groups that a form has: those that are filled and one more, each with empty rows below the filled ones."""
    filled: dict[int, int] = {}
    for name, text in texts.items():
        match = _NUMBERED.fullmatch(name)
        if match and text.strip():
            number, row = int(match[1]), int(match[2])
            filled[number] = max(filled.get(number, 0), row)
    last = min(max(filled, default=0) + 1, _MOST)
    return [
        Destination(number, range(1, min(filled.get(number, 0) + _EMPTY_ROWS, _MOST) + 1))
        for number in range(1, last + 1)
    ]


def _page(before: str, typed: Typed) -> str:
    return render_template(
        "backoffice/shipping_method.html",
        before=before,
        typed=typed,
        destinations=_destinations(typed.texts),
        kinds=shipping.KINDS,
        carriers=CARRIERS,
        countries={each: words.COUNTRIES[each] for each in profile_form.DELIVERY_COUNTRIES},
        served=profile.load(session()).delivery_countries.split(),
    )
