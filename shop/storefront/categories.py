"""A department of the shop: its goods, sorted and in pages, and the departments below it."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, request
from sqlmodel import col, select

from catalog import browse, categories, redirects
from catalog.browse import Order
from catalog.categories import Category
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


@blueprint.get("/kategorie/<slug>")
def show(slug: str) -> Response:
    """One page of a department's goods, those of the departments below included."""
    order, number = _asked_order(), listing.asked_page()
    return pagecache.serve(
        ("category", slug, order, number), "pages/category.html", lambda: _context(slug, order, number)
    )


def _asked_order() -> Order:
    asked = request.args.get("sortierung", "")
    return next((each for each in Order if each == asked), Order.NEWEST)


def _context(slug: str, order: Order, number: int) -> dict[str, object]:
    category = session().exec(select(Category).where(Category.slug == slug)).first()
    if category is None:
        moved.on("kategorie", redirects.category_at(session(), slug))
    assert category.id is not None
    below = categories.ids_below(session(), category.id)
    listed = browse.in_categories(session(), below, order, now(), offset=listing.skipped(number), limit=PER_PAGE)
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
    }


def _children(category_id: int) -> Sequence[Category]:
    children = select(Category).where(Category.parent_id == category_id)
    return session().exec(children.order_by(col(Category.position), col(Category.name))).all()
