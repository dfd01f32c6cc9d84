"""Signing in, signing out, and changing one's password."""

from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Blueprint, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from shop import accounts, throttle
from shop.backoffice import guard
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, the_shop
from shop.storefront import visitor

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/anmelden")
def form() -> Any:
    """The sign-in form."""
    return render_template("backoffice/sign_in.html", typed=Typed(), weiter=request.args.get("weiter", ""))


@blueprint.post("/anmelden")
def enter() -> Any:
    """Let a person in, or say with one sentence that it did not fit."""
    typed = Typed(request.form)
    shop = the_shop()
    origin = throttle.address(request.remote_addr or "", shop.settings.secret_key)
    try:
        account = accounts.authenticate(
            shop.database, typed.raw("name"), request.form.get("passwort", ""), origin=origin, now=now()
        )
    except Refusal as refusal:
        status = 429 if isinstance(refusal, accounts.TooManyTries) else 401
        typed.errors["name"] = refusal.sentence
        return render_template("backoffice/sign_in.html", typed=typed, weiter=typed.raw("weiter")), status
    guard.sign_in(account)
    return visitor.renew(redirect(_own_page(typed.raw("weiter")), 303))


@blueprint.post("/abmelden")
def leave() -> Any:
    """End the session in this browser."""
    flask.session.clear()
    return redirect(url_for("backoffice.sign_in.form"), 303)


@blueprint.get("/passwort")
def password() -> Any:
    """The form for another password."""
    return render_template("backoffice/password.html", typed=Typed(), suggestion=accounts.make_password())


@blueprint.post("/passwort")
def change_password() -> Any:
    """Change the password; other browsers are signed out by it."""
    typed = Typed()
    try:
        account = accounts.change_password(
            the_shop().database, g.account, request.form.get("bisher", ""), request.form.get("neu", "")
        )
    except Refusal as refusal:
        field = "bisher" if isinstance(refusal, accounts.WrongPassword) else "neu"
        typed.errors[field] = refusal.sentence
        page = render_template("backoffice/password.html", typed=typed, suggestion=accounts.make_password())
        return page, 422
    guard.sign_in(account)
    say("Ihr Passwort ist geändert. Andere Geräte sind jetzt abgemeldet.")
    return redirect(url_for("backoffice.start.today"), 303)


def _own_page(wanted: str) -> str:
    """Where the person wanted to go, if that is a page of this backoffice; else the start page."""
    return wanted if _is_own(wanted) else url_for("backoffice.start.today")


def _is_own(wanted: str) -> bool:
    """Whether an address stays in the backoffice, however browsers read it."""
    if "\\" in wanted or not wanted.isprintable():
        return False
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and parts.path.startswith("/backoffice/")
