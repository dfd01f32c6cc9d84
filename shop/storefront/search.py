"""Searching the shop: what is found, narrowed down, sorted and in pages."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from flask import Blueprint, redirect, request

from catalog import browse, filter_facts, filters
from catalog.browse import Card
from catalog.filters import Asked
from catalog.orders import Order
from catalog.overview import Overview
from catalog.search import departments, looks, shortcuts
from shop import led, places
from shop.context import now, session, the_shop
from shop.storefront import listing, misses, pagecache
from shop.storefront.listing import PER_PAGE, Paging

blueprint = Blueprint("search", __name__)

ORDERS = ((Order.RELEVANCE.value, "Beste Treffer"), *listing.ORDERS)
_TEMPLATE = "pages/search.html"
_LONGEST = 200
_PLAIN = {"q", "genau", "seite"}  # with anything else in its address it is a choice among what was found


@blueprint.get("/suche")
def show() -> Any:
    """The goods that have all words of `?q=`, best first; or where the owner lets them lead, unless `?alle=1`.

    With `?genau=1` no typing error is corrected. What the filters of the address leave of it is sorted as that says;
    only whole results are kept as pages.
    """
    words = request.args.get("q", "").strip()[:_LONGEST]
    insists, exactly = "alle" in request.args, "genau" in request.args
    leads_to = "" if insists else _shortcut(words)
    if leads_to:
        return _led(leads_to, words)
    order, number, asked = listing.asked_order(ORDERS), listing.asked_page(), listing.asked_filters()
    goods = the_shop().search.overviews.current(session(), now())

    def context() -> dict[str, object]:
        return _context(goods, words, exactly, order, number, asked)

    if asked:
        page = pagecache.rendered(_TEMPLATE, context(), ())
    else:
        key = ("search", words, insists, exactly, order, number)
        page = pagecache.current(key, _TEMPLATE, context, the_shop().search.state(session()), goods=goods)
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


def _context(goods: Overview, words: str, exactly: bool, order: Order, number: int, asked: Asked) -> dict[str, object]:
    answer = the_shop().search.find(session(), words, now(), exactly=exactly)
    found = goods.found(answer.ids)
    narrowed = filters.narrow(filter_facts.goods(goods, found, with_categories=True), asked)
    total = narrowed.articles.bit_count()
    paging = Paging(min(number, Paging(number, total).pages), total)
    meant = answer.meant or words

    def shown(ids: Sequence[int]) -> list[Card]:
        return looks.as_asked(session(), browse.cards(session(), ids, now()), meant)

    hidden = [("q", words), *((name, "1") for name in ("alle", "genau") if name in request.args)]
    return {
        "searched": words,
        "answer": answer,
        "hidden": hidden,
        "departments": departments.called(goods, meant),
        "order": order.value,
        "orders": ORDERS,
        "paging": paging,
        "cards": shown(_on_page(goods, answer.ids, narrowed.articles, order, paging.number)),
        "beside": shown(answer.beside) if not asked and paging.number == paging.pages else [],
        "filters": narrowed.filters,
        "is_miss": bool(words) and number == 1 and not asked and bool(not found or answer.left_out),
        **listing.addresses("/suche", narrowed, order, Order.RELEVANCE, hidden),
    }


def _on_page(goods: Overview, ids: Sequence[int], articles: int, order: Order, number: int) -> list[int]:
    """The ids on a page: of those found (the best first) those whose articles the filters leave."""
    skipped = listing.skipped(number)
    if order is Order.RELEVANCE:
        return list(islice(goods.those_of(ids, articles), skipped, skipped + PER_PAGE))
    return goods.listed(articles, order, offset=skipped, limit=PER_PAGE)
