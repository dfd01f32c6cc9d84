"""Searching the shop."""

from flask import Blueprint, Response, request

from catalog import browse
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
    state = the_shop().search.engine.state
    return pagecache.serve(("search", words, number), "pages/search.html", lambda: _context(words, number), state)


def _context(words: str, number: int) -> dict[str, object]:
    found = the_shop().search.find(session(), words, now()).ids
    skipped = listing.skipped(number)
    cards = browse.cards(session(), found[skipped : skipped + PER_PAGE], now())
    return {"searched": words, "cards": cards, "paging": Paging(number, len(found))}
