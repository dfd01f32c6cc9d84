"""Searching the shop."""

from typing import Any

from flask import Blueprint, redirect, request

from catalog import browse
from catalog.search import shortcuts
from shop import places
from shop.context import now, session, the_shop
from shop.storefront import listing, misses, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("search", __name__)

_LONGEST = 200


@blueprint.get("/suche")
def show() -> Any:
    """The goods that have all words of `?q=`, best first; or where the owner lets them lead, unless `?alle=1`."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    insists = "alle" in request.args
    leads_to = "" if insists else _shortcut(words)
    if leads_to:
        return _led(leads_to)
    number = listing.asked_page()
    state = the_shop().search.engine.state
    page = pagecache.current(("search", words, number), "pages/search.html", lambda: _context(words, number), state)
    answer = pagecache.answer(page)
    if page.is_miss and not insists:
        misses.note_when_sent(answer, words)
    return answer


def _shortcut(words: str) -> str:
    shortcut = shortcuts.find(session(), words)
    is_page = places.is_page(session())
    return shortcut.path if shortcut and shortcuts.is_there(session(), shortcut.path, is_page) else ""


def _led(path: str) -> Any:
    answer = redirect(path, 302)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _context(words: str, number: int) -> dict[str, object]:
    answer = the_shop().search.find(session(), words, now())
    found = answer.ids
    skipped = listing.skipped(number)
    cards = browse.cards(session(), found[skipped : skipped + PER_PAGE], now())
    is_miss = bool(words) and number == 1 and bool(not found or answer.left_out)
    return {"searched": words, "cards": cards, "paging": Paging(number, len(found)), "is_miss": is_miss}
