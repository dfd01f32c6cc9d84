"""Searching the shop."""

from typing import Any

from flask import Blueprint, redirect, request

from catalog import browse
from catalog.search import departments, shortcuts
from shop import led, places
from shop.context import now, session, the_shop
from shop.storefront import listing, misses, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("search", __name__)

_LONGEST = 200
_PLAIN = {"q", "genau", "seite"}  # with anything else in its address it is a choice among what was found


@blueprint.get("/suche")
def show() -> Any:
    """The goods that have all words of `?q=`, best first; or where the owner lets them lead, unless `?alle=1`.

    With `?genau=1` no typing error is corrected.
    """
    words = request.args.get("q", "").strip()[:_LONGEST]
    insists, exactly = "alle" in request.args, "genau" in request.args
    leads_to = "" if insists else _shortcut(words)
    if leads_to:
        return _led(leads_to, words)
    number = listing.asked_page()
    state = the_shop().search.state(session())
    key = ("search", words, insists, exactly, number)
    page = pagecache.current(key, "pages/search.html", lambda: _context(words, number, exactly), state)
    answer = pagecache.answer(page)
    if page.is_miss and request.args.keys() <= _PLAIN:
        misses.note_when_sent(answer, words)
    return answer


def _shortcut(words: str) -> str:
    path = shortcuts.path_of(session(), words)
    return path if path and shortcuts.is_there(session(), path, places.is_page(session())) else ""


def _led(path: str, words: str) -> Any:
    answer = redirect(led.address(path, words), 302)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _context(words: str, number: int, exactly: bool) -> dict[str, object]:
    answer = the_shop().search.find(session(), words, now(), exactly=exactly)
    found = answer.ids
    skipped = listing.skipped(number)
    return {
        "searched": words,
        "answer": answer,
        "hidden": [("q", words), *((name, "1") for name in ("alle", "genau") if name in request.args)],
        "departments": departments.called(the_shop().search.overviews.current(session(), now()), answer.meant or words),
        "cards": browse.cards(session(), found[skipped : skipped + PER_PAGE], now()),
        "paging": Paging(number, len(found)),
        "is_miss": bool(words) and number == 1 and bool(not found or answer.left_out),
    }
