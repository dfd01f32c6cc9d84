"""The shop window: what is new or put forward, and the departments."""

from flask import Blueprint, Response

from catalog import browse
from catalog.offers import Photo
from shop import themes
from shop.context import now, session
from shop.storefront import pagecache
from shop.themes import Tree

blueprint = Blueprint("home", __name__)

_IN_THE_WINDOW = 8
_IN_THE_HERO = 3


@blueprint.get("/")
def show() -> Response:
    """The first page."""
    return pagecache.serve(("home",), "pages/home.html", _context)


def _context() -> dict[str, object]:
    featured = browse.featured(session(), _IN_THE_WINDOW)
    newest = [each for each in browse.newest(session(), 2 * _IN_THE_WINDOW) if each not in featured][:_IN_THE_WINDOW]
    cards = {card.product_id: card for card in browse.cards(session(), [*featured, *newest], now())}
    return {
        "featured": [cards[each] for each in featured if each in cards],
        "newest": [cards[each] for each in newest if each in cards],
        "hero": [card for card in cards.values() if card.photo][:_IN_THE_HERO],
        "tile_photos": _tiles(themes.frame()[1], browse.category_photos(session())),
    }


def _tiles(tree: Tree, photos: dict[int, Photo]) -> dict[int, Photo]:
    """A picture for each top department: of its own goods, else of a department below."""
    found: dict[int, Photo] = {}
    for top, children in tree:
        ids = [each.id for each in (top, *children) if each.id in photos]
        if top.id is not None and ids and ids[0] is not None:
            found[top.id] = photos[ids[0]]
    return found
