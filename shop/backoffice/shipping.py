"""The table of shipping rates: what a parcel costs, by country and weight."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import select

from checkout.shipping import ShippingRate
from shop.backoffice import profile, words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import session

blueprint = Blueprint("shipping", __name__, url_prefix="/laden/versand")


@blueprint.get("/neu")
def new() -> Any:
    """The form of another rate."""
    return _page(None, Typed({"land": "DE"}))


@blueprint.post("")
def create() -> Any:
    """Add a rate as the last one."""
    last = session().exec(select(func.max(ShippingRate.position))).one()
    return _save(ShippingRate(name="", country="DE", price_cents=0, position=(last or 0) + 1))


@blueprint.get("/<int:rate_id>")
def edit(rate_id: int) -> Any:
    """One rate."""
    rate = session().get(ShippingRate, rate_id) or abort(404)
    typed = Typed(
        {
            "name": rate.name,
            "land": rate.country,
            "gewicht": "" if rate.max_weight_g is None else str(rate.max_weight_g),
            "preis": amount(rate.price_cents),
            "frei-ab": amount(rate.free_from_cents),
            "muster": ticked(rate.for_samples),
        }
    )
    return _page(rate, typed)


@blueprint.post("/<int:rate_id>")
def save(rate_id: int) -> Any:
    """Change a rate; orders that were placed keep the old one."""
    return _save(session().get(ShippingRate, rate_id) or abort(404))


@blueprint.post("/<int:rate_id>/entfernung")
def remove(rate_id: int) -> Any:
    """Remove a rate."""
    session().delete(session().get(ShippingRate, rate_id) or abort(404))
    return _done("Der Versandpreis ist entfernt.")


def _save(rate: ShippingRate) -> Any:
    typed = Typed(request.form)
    name = typed.text("name", required="Wie heißt der Versand? Zum Beispiel: Paket.", longest=80)
    country = typed.raw("land")
    if country not in profile.DELIVERY_COUNTRIES:
        typed.errors["land"] = "Bitte wählen Sie ein Land aus der Liste."
    cents = typed.cents("preis", required="Bitte tragen Sie den Preis ein, zum Beispiel 4,90.")
    heaviest = typed.number("gewicht", 1, 1_000_000)
    free_from = typed.cents("frei-ab")
    if not typed.is_valid or cents is None:
        return _page(rate if rate.id else None, typed), 422
    rate.name, rate.country, rate.price_cents = name, country, cents
    rate.max_weight_g, rate.free_from_cents = heaviest, free_from
    rate.for_samples = typed.ticked("muster")
    session().add(rate)
    return _done("Der Versandpreis ist gespeichert.")


def _done(sentence: str) -> Any:
    session().flush()
    profile.settle()
    session().commit()
    say(sentence)
    return redirect(url_for("backoffice.profile.edit", _anchor="versand"), 303)


def _page(rate: ShippingRate | None, typed: Typed) -> str:
    return render_template(
        "backoffice/rate.html",
        rate=rate,
        typed=typed,
        countries={each: words.COUNTRIES[each] for each in profile.DELIVERY_COUNTRIES},
    )
