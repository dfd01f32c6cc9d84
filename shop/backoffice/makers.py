"""Makers of goods, with the address that every offer must name."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import update
from sqlmodel import col, select

from catalog import products, revisions
from catalog.makers import Maker
from catalog.products import Product
from shop.backoffice import words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("makers", __name__, url_prefix="/hersteller")

_FIELDS = {
    "name": "name",
    "strasse": "street",
    "plz": "postal_code",
    "ort": "city",
    "land": "country",
    "kontakt": "contact",
    "eu": "eu_responsible",
}


@blueprint.get("")
def index() -> Any:
    """All makers."""
    return render_template("backoffice/makers.html", makers=_all())


@blueprint.get("/<int:maker_id>")
def edit(maker_id: int) -> Any:
    """One maker."""
    maker = session().get(Maker, maker_id) or abort(404)
    return _page(maker, Typed({name: getattr(maker, column) for name, column in _FIELDS.items()}))


@blueprint.post("/<int:maker_id>")
def save(maker_id: int) -> Any:
    """Save a maker's address; the pages of its articles follow."""
    maker = session().get(Maker, maker_id) or abort(404)
    typed = Typed(request.form)
    values = {column: typed.text(name, longest=300) for name, column in _FIELDS.items()}
    values["name"] = typed.text("name", required="Bitte nennen Sie den Hersteller.", longest=120)
    if any(other.name == values["name"] and other.id != maker_id for other in _all()):
        typed.errors["name"] = "Diesen Hersteller gibt es schon."
    if values["country"] not in words.COUNTRIES:
        typed.errors["land"] = "Bitte wählen Sie ein Land aus der Liste."
    if not typed.is_valid:
        return _page(maker, typed), 422
    session().exec(update(Maker).where(col(Maker.id) == maker_id).values(**values))
    for product_id in session().exec(select(Product.id).where(Product.maker_id == maker_id)).all():
        products.touch(session(), product_id or 0, now())
    revisions.bump(session())
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


def _all() -> list[Maker]:
    return list(session().exec(select(Maker).order_by(col(Maker.name))).all())


def _page(maker: Maker, typed: Typed) -> str:
    return render_template("backoffice/maker.html", maker=maker, typed=typed, countries=words.COUNTRIES)
