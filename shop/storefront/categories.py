"""A department of the shop: its goods, sorted and in pages, and the departments below it."""

from flask import Blueprint, Response, abort, request
from sqlmodel import col, select

from catalog import browse, categories
from catalog.browse import Order
from catalog.categories import Category
from shop import themes
from shop.context import now, session
from shop.storefront import listing, pagecache
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
    category = session().exec(select(Category).where(Category.slug == slug)).first() or abort(404)
    assert category.id is not None
    order, number = _asked_order(), listing.asked_page()
    listed = browse.in_categories(
        session(), categories.ids_below(session(), category.id), order, now(),
        offset=listing.skipped(number), limit=PER_PAGE,
    )  # fmt: skip
    paging = Paging(number, listed.total)
    if number > paging.pages:
        abort(404)
    cards = tuple(browse.cards(session(), listed.ids, now()))
    facts = (themes.shop_revision(), category.id, listed.total, cards)
    return pagecache.serve(
        ("category", slug, order, number), facts, now(), "pages/category.html",
        lambda: _context(category, order, paging, cards),
    )  # fmt: skip


def _asked_order() -> Order:
    asked = request.args.get("sortierung", "")
    return next((each for each in Order if each == asked), Order.NEWEST)


def _context(category: Category, order: Order, paging: Paging, cards: tuple[browse.Card, ...]) -> dict[str, object]:
    path = categories.path_of(session(), category)
    below = session().exec(
        select(Category).where(Category.parent_id == category.id).order_by(col(Category.position), col(Category.name))
    )
    return {
        "category": category,
        "path": path,
        "department": path[0].id,
        "below": below.all(),
        "order": order.value,
        "orders": ORDERS,
        "paging": paging,
        "cards": cards,
    }
