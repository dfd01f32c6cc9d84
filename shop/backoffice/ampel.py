"""The "Ampel": what the law asks and how the shop keeps it, red first; and the door by which the shop opens."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, url_for

from shop import looks, profile
from shop.backoffice.notes import say
from shop.context import begin_anew, close_session, now, session
from shop.law import book
from shop.looks import Look, Point

blueprint = Blueprint("ampel", __name__, url_prefix="/ampel")


@blueprint.get("")
def index() -> Any:
    """The last look with its time; a new one, that is not kept, where shop or day are others by now."""
    kept = looks.last(session(), now())
    return _page(_looked(looks.look) if kept is None or kept.is_stale else kept)


@blueprint.post("/pruefen")
def look() -> Any:
    """Look at everything anew."""
    _looked(looks.renew)
    return redirect(url_for(".index"), 303)


@blueprint.post("/oeffnen")
def open_shop() -> Any:
    """Open the shop to shoppers if nothing is red; else show what is."""
    found = _looked(looks.renew)
    if found.red:
        return _page(found, refused=True), 409
    _set_open(True)
    say("Ihr Laden ist geöffnet. Wir drücken die Daumen!")
    return redirect(url_for(".index"), 303)


@blueprint.post("/schliessen")
def close_shop() -> Any:
    """Close the shop: shoppers read that it opens soon, orders that were placed go on."""
    _set_open(False)
    say("Ihr Laden ist geschlossen. Kundinnen lesen „Wir öffnen bald“; bestehende Bestellungen laufen weiter.")
    return redirect(url_for(".index"), 303)


def _looked(at_everything: Callable[[Flask], Look]) -> Look:
    """Rules read through this request's session, too (ways to pay): it must not write meanwhile."""
    begin_anew()
    found = at_everything(current_app._get_current_object())  # type: ignore[attr-defined]
    close_session()
    return found


def _set_open(is_open: bool) -> None:
    looks.set_open(session(), is_open, now=now(), author=g.account.name)
    session().commit()


def _page(look: Look, *, refused: bool = False) -> str:
    return render_template(
        "backoffice/ampel.html",
        look=look,
        refused=refused,
        owner=profile.load(session()),
        opening=looks.last_opening(session()),
        coming=book.coming(book.today(current_app)),
        green_law=[each for each in look.green if each.is_law],
        green_rest=[each for each in look.green if not each.is_law],
        title_of=_title_of,
    )


def _title_of(point: Point) -> str:
    """What the law asks; of a technical check its outcome."""
    return point.rule.duty if point.rule else point.message
