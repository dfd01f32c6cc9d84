"""Searching the shop, and the words that are offered while someone types."""

from flask import Blueprint, Response, jsonify, request

from catalog import browse
from catalog.search.find import find, suggest
from shop.context import now, session, the_shop
from shop.storefront import listing, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("search", __name__)

_LONGEST = 200


@blueprint.get("/suche")
def show() -> Response:
    """The goods that have all words of `?q=`, best first."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    number = listing.asked_page()
    state = the_shop().search.state
    return pagecache.serve(("search", words, number), "pages/search.html", lambda: _context(words, number), state)


def _context(words: str, number: int) -> dict[str, object]:
    found = find(the_shop().search, words, offset=listing.skipped(number), limit=PER_PAGE)
    cards = browse.cards(session(), found.ids, now())
    return {"searched": words, "cards": cards, "paging": Paging(number, found.total)}


@blueprint.get("/suche/vorschlaege")
def suggestions() -> Response:
    """Words of our goods that begin as the last word of `?q=` does; a JSON list."""
    response = jsonify(suggest(the_shop().search, request.args.get("q", "")[:_LONGEST]))
    response.headers["Cache-Control"] = "private, max-age=60"
    return response
