"""Searching as shoppers do, for the owner: what is found, and why."""

from typing import Any

from flask import Blueprint, render_template, request

from catalog import browse
from catalog.search import misses, shortcuts
from catalog.search.find import Answer
from catalog.search.shortcuts import Shortcut
from shop import places
from shop.context import now, session, the_shop

_MOST, _LONGEST = 20, 200

blueprint = Blueprint("search_trial", __name__, url_prefix="/suche/ausprobieren")


@blueprint.get("")
def show() -> Any:
    """The first articles that `?q=` finds; nothing of it is counted."""
    searched = request.args.get("q", "").strip()[:_LONGEST]
    answer = the_shop().search.find(session(), searched, now()) if searched else Answer()
    cards = browse.cards(session(), list(answer.ids[:_MOST]), now())
    return render_template(
        "backoffice/search_trial.html",
        searched=searched,
        answer=answer,
        leads_to=_shortcut(searched),
        found=[(card, ()) for card in cards],
        open_count=misses.count(session()),
    )


def _shortcut(searched: str) -> Shortcut | None:
    found = shortcuts.find(session(), searched)
    is_used = found is not None and shortcuts.is_there(session(), found.path, places.is_page(session()))
    return found if is_used else None
