"""A department of the shop: its goods, narrowed down, sorted and in pages, and the departments below it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from sqlmodel import col, select

from catalog import browse, categories, filter_facts, filters, redirects
from catalog.browse import Listed, Order
from catalog.categories import Category
from catalog.filters import Asked, Narrowed
from shop.context import now, session
from shop.storefront import listing, moved, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("categories", __name__)

ORDERS = (
    (Order.NEWEST.value, "Neu"),
    (Order.CHEAPEST.value, "Preis aufsteigend"),
    (Order.DEAREST.value, "Preis absteigend"),
    (Order.NAME.value, "Name"),
)
_TEMPLATE = "pages/category.html"
_EVERYTHING = 1_000_000


@blueprint.get("/kategorie/<slug>")
def show(slug: str) -> Response:
    """One page of a department's goods, those of the departments below included.

    Only whole departments are kept as pages: there are too many ways to narrow one down.
    """
    order, number, asked = _asked_order(), listing.asked_page(), _asked_filters()
    if asked:
        return pagecache.answer(pagecache.rendered(_TEMPLATE, _context(slug, order, number, asked), ()))
    return pagecache.serve(("category", slug, order, number), _TEMPLATE, lambda: _context(slug, order, number, {}))


def _asked_order() -> Order:
    asked = request.args.get("sortierung", "")
    return next((each for each in Order if each == asked), Order.NEWEST)


def _asked_filters() -> Asked:
    """The parameters of filters; a form sends its empty fields, too."""
    named = {
        name: [text for text in texts if text] for name, texts in request.args.lists() if filters.is_parameter(name)
    }
    return {name: texts for name, texts in named.items() if texts}


def _context(slug: str, order: Order, number: int, asked: Asked) -> dict[str, object]:
    category = session().exec(select(Category).where(Category.slug == slug)).first()
    if category is None:
        moved.on("kategorie", redirects.category_at(session(), slug))
    assert category.id is not None
    below = categories.ids_below(session(), category.id)
    narrowed = filters.narrow(filter_facts.read(session(), below, now()), asked)
    listed = _listed(below, narrowed, order, number)
    paging = Paging(number, listed.total)
    if number > paging.pages:
        abort(404)
    path = categories.path_of(session(), category)
    return {
        "category": category,
        "path": path,
        "department": path[0].id,
        "below": _children(category.id),
        "order": order.value,
        "orders": ORDERS,
        "paging": paging,
        "cards": browse.cards(session(), listed.ids, now()),
        "filters": narrowed.filters,
        **_addresses(slug, narrowed, order),
    }


def _listed(category_ids: Sequence[int], narrowed: Narrowed, order: Order, number: int) -> Listed:
    """The goods on a page, of what the filters leave."""
    skipped = listing.skipped(number)
    if not narrowed.chosen:
        return browse.in_categories(session(), category_ids, order, now(), offset=skipped, limit=PER_PAGE)
    everything = browse.in_categories(session(), category_ids, order, now(), limit=_EVERYTHING).ids
    left = [each for each in everything if each in narrowed.product_ids]
    return Listed(left[skipped : skipped + PER_PAGE], len(left))


def _addresses(slug: str, narrowed: Narrowed, order: Order) -> dict[str, Any]:
    """The ways from here: without one of the things chosen, without all of them, to the other pages."""
    sorting = [] if order is Order.NEWEST else [("sortierung", order.value)]

    def address(parameters: Sequence[tuple[str, str]]) -> str:
        query = urlencode([*parameters, *sorting])
        return f"/kategorie/{slug}?{query}" if query else f"/kategorie/{slug}"

    return {
        "chips": [(each.label, address(narrowed.without(each))) for each in narrowed.chosen],
        "everything": address([]),
        "page_address": "?" + urlencode([*narrowed.parameters, ("sortierung", order.value), ("seite", "")]),
    }


def _children(category_id: int) -> Sequence[Category]:
    children = select(Category).where(Category.parent_id == category_id)
    return session().exec(children.order_by(col(Category.position), col(Category.name))).all()
