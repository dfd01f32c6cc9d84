"""Buying by invoice: whom the owner trusts, up to which sum, and what each of them owes."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session

from checkout import customers, outbox, trusted
from checkout.trusted import TrustedBuyer
from shop.backoffice.notes import say
from shop.backoffice.profile import settle
from shop.backoffice.typed import Typed, amount, ticked
from shop.context import now, session

blueprint = Blueprint("trusted", __name__, url_prefix="/auf-rechnung")


@blueprint.get("")
def index() -> Any:
    """All of them, with what they owe."""
    buyers = trusted.everybody(session())
    return render_template("backoffice/trusted.html", buyers=buyers, owed=trusted.all_open_cents(session(), buyers))


@blueprint.get("/neu")
def new() -> Any:
    """The form of another one."""
    return _page(None, Typed({"tage": "14", "aktiv": "ja", "brief": "ja"}))


@blueprint.post("")
def create() -> Any:
    """Trust another one, under a new number."""
    return _save(None)


@blueprint.get("/<int:buyer_id>")
def edit(buyer_id: int) -> Any:
    """One of them."""
    buyer = _buyer(buyer_id)
    typed = {
        "name": buyer.name,
        "email": buyer.email,
        "rahmen": amount(buyer.limit_cents),
        "tage": str(buyer.days_to_pay),
        "aktiv": ticked(buyer.is_active),
    }
    return _page(buyer, Typed(typed))


@blueprint.post("/<int:buyer_id>")
def save(buyer_id: int) -> Any:
    """Change her limit, her days, or trust her no longer; her orders stand as they were placed."""
    return _save(_buyer(buyer_id))


def _save(buyer: TrustedBuyer | None) -> Any:
    typed = Typed(request.form)
    name = typed.text("name", required="Bitte nennen Sie ihren Namen.", longest=100)
    email = typed.text("email", longest=254)
    if email and not customers.is_email(email):
        typed.errors["email"] = "Das ist keine E-Mail-Adresse. Bitte so: name@beispiel.de"
    limit = typed.cents("rahmen", required="Bis zu welchem Betrag? Zum Beispiel 150,00.")
    days = typed.number("tage", 0, 90, required="Wie viele Tage hat sie Zeit?")
    if not typed.is_valid or limit is None or days is None:
        return _page(buyer, typed), 422
    facts = {"name": name, "email": email, "limit_cents": limit, "days_to_pay": days}
    if buyer is None:
        buyer = trusted.add(session(), **facts, now=now(), author=g.account.name)  # type: ignore[arg-type]
        if typed.ticked("brief"):
            _tell_number(session(), buyer)
    else:
        for column, value in (facts | {"is_active": typed.ticked("aktiv")}).items():
            setattr(buyer, column, value)
        buyer.entered_at, buyer.author = now(), g.account.name
    settle()
    session().commit()
    say(f"Gespeichert. Ihre Kundennummer: {buyer.number}")
    return redirect(url_for(".index"), 303)


def _tell_number(opened: Session, buyer: TrustedBuyer) -> None:
    outbox.queue(opened, "customer_number", f"buyer:{buyer.id}", buyer.email, now())


def _buyer(buyer_id: int) -> TrustedBuyer:
    return session().get(TrustedBuyer, buyer_id) or abort(404)


def _page(buyer: TrustedBuyer | None, typed: Typed) -> str:
    owed = trusted.open_cents(session(), buyer) if buyer is not None else 0
    return render_template("backoffice/trusted_buyer.html", buyer=buyer, typed=typed, owed=owed)
