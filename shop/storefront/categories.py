"""A department of the shop: its goods, narrowed down, sorted and in pages, and the departments below it."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort
from sqlmodel import col, select

from catalog import browse, categories, filter_facts, filters, redirects
from catalog.categories import Category
from catalog.filters import Asked
from catalog.orders import Order
from catalog.overview import Overview
from shop.context import now, session, the_shop
from shop.storefront import listing, moved, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("categories", __name__)

_TEMPLATE = "pages/category.html"


@blueprint.get("/kategorie/<slug>")
def show(slug: str) -> Response:
    """One page of a department's goods, those of the departments below included.

    Only whole departments are kept as pages: there are too many ways to narrow one down.
    """
    order, number, asked = listing.asked_order(listing.ORDERS), listing.asked_page(), listing.asked_filters()
    goods = the_shop().search.overviews.current(session(), now())
    if asked:
        return pagecache.answer(pagecache.rendered(_TEMPLATE, _context(goods, slug, order, number, asked), ()))
    key = ("category", slug, order, number)
    return pagecache.serve(key, _TEMPLATE, lambda: _context(goods, slug, order, number, {}), goods=goods)


def _context(goods: Overview, slug: str, order: Order, number: int, asked: Asked) -> dict[str, object]:
    category = session().exec(select(Category).where(Category.slug == slug)).first()
    if category is None:
        moved.on("kategorie", redirects.category_at(session(), slug))
    assert category.id is not None
    narrowed = filters.narrow(filter_facts.goods(goods, goods.below(category.id)), asked)
    paging = Paging(number, narrowed.articles.bit_count())
    if number > paging.pages:
        abort(404)
    ids = goods.listed(narrowed.articles, order, offset=listing.skipped(number), limit=PER_PAGE)
    path = categories.path_of(session(), category)
    return {
        "category": category,
        "path": path,
        "department": path[0].id,
        "below": _children(category.id),
        "order": order.value,
        "orders": listing.ORDERS,
        "paging": paging,
        "cards": browse.cards(session(), ids, now()),
        "filters": narrowed.filters,
        **listing.addresses(f"/kategorie/{slug}", narrowed, order, Order.NEWEST),
    }


def _children(category_id: int) -> Sequence[Category]:
    children = select(Category).where(Category.parent_id == category_id)
    return session().exec(children.order_by(col(Category.position), col(Category.name))).all()
