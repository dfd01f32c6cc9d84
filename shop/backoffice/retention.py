"""Retention: what will be deleted at the next turn of the year, and the switch that stops it."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from catalog.times import german_day
from checkout import erasing, retention
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("retention", __name__, url_prefix="/buchhaltung/aufbewahrung")


@blueprint.get("")
def index() -> Any:
    """The classes, what is due, who holds it."""
    return _page(Typed())


@blueprint.post("")
def hold() -> Any:
    """Delete nothing from now on, for a reason."""
    typed = Typed(request.form)
    reason = typed.text("grund", required="Bitte schreiben Sie, warum, zum Beispiel: Betriebsprüfung 2025.")
    if not typed.is_valid:
        return _page(typed), 422
    retention.hold(session(), reason, now=now(), author=g.account.name)
    session().commit()
    say("Ab jetzt wird nichts gelöscht.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:hold_id>/ende")
def release(hold_id: int) -> Any:
    """Let what is over be deleted again."""
    retention.release(session(), hold_id, now=now(), author=g.account.name)
    session().commit()
    say("Beendet. Was abgelaufen ist, wird in den nächsten Nächten gelöscht.")
    return redirect(url_for(".index"), 303)


def _page(typed: Typed) -> str:
    year = german_day(now()).year + 1
    return render_template(
        "backoffice/retention.html",
        typed=typed,
        classes=retention.CLASSES,
        year=year,
        due=erasing.planned(session(), now()),
        then=erasing.planned(session(), datetime(year, 1, 1, 12, tzinfo=UTC)),
        holds=retention.standing_holds(session()),
    )
