"""Searching as shoppers do, for the owner: what is found, and why."""

from typing import Any

from flask import Blueprint, render_template, request

from catalog import browse
from catalog.search import misses, reasons, shortcuts
from catalog.search.find import Answer
from catalog.search.reasons import Place, Reason
from catalog.search.shortcuts import Shortcut
from shop import places
from shop.context import now, session, the_shop

_MOST, _LONGEST = 20, 200
_PLACES = {
    Place.NAME: "steht im Namen",
    Place.OPTION: "bei Farbe und Größe:",
    Place.CATEGORY: "in der Abteilung",
    Place.FACT: "bei den Angaben:",
    Place.TEXT: "in der Beschreibung",
    Place.CODE: "ist eine Nummer:",
}
_NOT_SHOWN = (Place.NAME, Place.TEXT)  # the name stands above, and a description is long

blueprint = Blueprint("search_trial", __name__, url_prefix="/suche/ausprobieren")


@blueprint.get("")
def show() -> Any:
    """The first articles that `?q=` finds; nothing of it is counted."""
    searched = request.args.get("q", "").strip()[:_LONGEST]
    answer = the_shop().search.find(session(), searched, now()) if searched else Answer()
    shown = list(answer.ids[:_MOST])
    why = _reasons(answer.meant or searched, shown)
    return render_template(
        "backoffice/search_trial.html",
        searched=searched,
        answer=answer,
        leads_to=_shortcut(searched),
        found=[(card, why.get(card.product_id, ())) for card in browse.cards(session(), shown, now())],
        open_count=misses.count(session()),
    )


def _reasons(searched: str, product_ids: list[int]) -> dict[int, list[str]]:
    search = the_shop().search
    found = reasons.of(session(), search.inquiry(session(), searched), search.language, product_ids)
    return {product_id: list(map(_said, why)) for product_id, why in found.items()}


def _said(reason: Reason) -> str:
    where = _PLACES[reason.place]
    return f"„{reason.word}“ {where}" + ("" if reason.place in _NOT_SHOWN else f" {reason.text}")


def _shortcut(searched: str) -> Shortcut | None:
    found = shortcuts.find(session(), searched)
    is_used = found is not None and shortcuts.is_there(session(), found.path, places.is_page(session()))
    return found if is_used else None
