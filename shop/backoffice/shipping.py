"""Shipping: the table of what sending costs, a trial of it, and the usual tariffs to begin with."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from catalog.thickness import parse_thickness
from catalog.times import german_day
from catalog.units import Unit
from checkout import rate_table, rates, sending, shipping, tariffs
from checkout.limits import Parcel
from checkout.shipping import Survey
from shop import profile, shipping_terms
from shop.backoffice import profile as shop_facts
from shop.backoffice import words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, begin_of
from shop.context import now, session

blueprint = Blueprint("shipping", __name__, url_prefix="/laden/versand")

KINDS = {
    "letter": "Brief oder Warensendung: nur, was flach genug ist",
    "parcel": "Paket oder Päckchen",
    "own": "Wir bringen es selbst",
}
_FREE_FROM_CENTS = 7500


@blueprint.get("")
def index() -> Any:
    """The ways to send with their tiers, the surcharges, and a trial."""
    tariff = rates.load(session())
    typed = Typed(request.args)
    this_year = german_day(now()).year
    return render_template(
        "backoffice/shipping.html",
        tariff=tariff,
        limits_of=shipping_terms.limits_of,
        surcharge_in_words=shipping_terms.surcharge_in_words,
        delivers_to=profile.load(session()).delivery_countries.split(),
        countries=words.COUNTRIES,
        kinds=KINDS,
        typed=typed if typed.raw("probe") else Typed({"land": "DE"}),
        tried=_try(typed) if typed.raw("probe") else None,
        packed={year: sending.packing_between(session(), *_year(year)) for year in (this_year, this_year - 1)},
        kilograms=shipping_terms.weight_in_words,
    )


@blueprint.post("/anfang")
def begin() -> Any:
    """Write the usual tariffs into an empty table."""
    if rates.load(session()).rates:
        say("Es gibt schon Versandpreise. Die üblichen Tarife sind nur für den Anfang.")
        return redirect(url_for(".index"), 303)
    served = profile.load(session()).delivery_countries.split()
    tariffs.begin(session(), served, free_from_cents=_FREE_FROM_CENTS)
    return done("Die üblichen Tarife stehen in der Tabelle. Bitte sehen Sie jeden Preis einmal an.")


@blueprint.post("/reihenfolge")
def move_up() -> Any:
    """Put a way to send one place higher, as shoppers see them."""
    rate_table.move_up(session(), request.form.get("name", ""))
    return done("Die Reihenfolge ist geändert.")


def done(sentence: str) -> Any:
    """Let the legal texts follow, commit, and go back to the table."""
    session().flush()
    shop_facts.settle()
    session().commit()
    say(sentence)
    return redirect(url_for("backoffice.shipping.index"), 303)


def _year(year: int) -> tuple[datetime, datetime]:
    """Its first moment in Berlin, and that of the next one."""
    return begin_of(date(year, 1, 1)), begin_of(date(year + 1, 1, 1))


def _try(typed: Typed) -> Survey | None:
    """What a shopper would be offered for such a parcel; None if the trial cannot be read."""
    weight_g = typed.quantity("gewicht", Unit.WEIGHT)
    thickness_mm = typed.by_rule("dicke", parse_thickness)
    goods_cents = typed.cents("wert")
    if not typed.is_valid:
        return None
    parcel = Parcel(
        country=typed.raw("land") or "DE",
        weight_g=weight_g or 0,
        goods_cents=goods_cents or 0,
        thickness_mm=thickness_mm,
        postal_code=typed.raw("plz")[:12],
    )
    return shipping.survey(session(), parcel)
