"""Searching the shop, and the words that are offered while someone types."""

from flask import Blueprint, Response, jsonify, request

from catalog import browse
from catalog.search.find import find, suggest
from shop import themes
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
    found = find(the_shop().search, words, offset=listing.skipped(number), limit=PER_PAGE)
    cards = tuple(browse.cards(session(), found.ids, now()))
    context = {"searched": words, "cards": cards, "paging": Paging(number, found.total)}
    facts = (themes.shop_revision(), found.total, cards)
    return pagecache.serve(("search", words, number), facts, now(), "pages/search.html", lambda: context)


@blueprint.get("/suche/vorschlaege")
def suggestions() -> Response:
    """Words of our goods that begin as the last word of `?q=` does; a JSON list."""
    response = jsonify(suggest(the_shop().search, request.args.get("q", "")[:_LONGEST]))
    response.headers["Cache-Control"] = "private, max-age=60"
    return response
