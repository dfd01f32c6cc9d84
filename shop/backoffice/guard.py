"""The backoffice's door: nobody enters a page without having signed in; what stands on every page."""

from datetime import timedelta
from typing import Any

import flask
from flask import Response, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from shop import profile
from shop.accounts import Account
from shop.context import begin_anew, now, session, the_shop
from shop.security import ForeignRequest

IDLE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=5)
_OPEN_TO_ALL = frozenset({"backoffice.static", "backoffice.sign_in.form", "backoffice.sign_in.enter"})


def let_in_only_the_signed_in() -> Any:
    """Send strangers to the sign-in; whoever has signed in is `g.account` from here on."""
    if request.endpoint in _OPEN_TO_ALL:
        return None
    account = _signed_in()
    if account is None:
        flask.session.clear()
        came_for = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("backoffice.sign_in.form", weiter=came_for), 303)
    g.account = account
    return None


def sign_in(account: Account) -> None:
    """Begin a new session; whatever the browser's cookie held before is dropped (fixation)."""
    flask.session.clear()
    flask.session.permanent = True
    flask.session.update(account=account.id, key=account.session_key, seen=int(now().timestamp()))


def keep_out_of_caches(response: Response) -> Response:
    """Signed-in pages are nobody else's: no cache keeps them."""
    if request.endpoint != "backoffice.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def on_every_page() -> dict[str, Any]:
    """The shop and the person, for the frame of each page."""
    return {"shop": profile.load(session()), "account": g.get("account")}


def refused(refusal: Refusal) -> tuple[str, int]:
    """A rule said no where no form could show it: its sentence on a page of its own."""
    begin_anew()
    status = 403 if isinstance(refusal, ForeignRequest) else 409
    return render_template("backoffice/refused.html", sentence=refusal.sentence), status


def _signed_in() -> Account | None:
    cookie = flask.session
    seen = cookie.get("seen", 0)
    moment = int(now().timestamp())
    if moment - seen > IDLE.total_seconds():
        return None
    with the_shop().database.reading() as reading:
        account = reading.get(Account, cookie.get("account", 0))
    if account is None or account.session_key != cookie.get("key"):
        return None
    if moment - seen > _NOTED_EVERY.total_seconds():
        cookie["seen"] = moment
    return account
