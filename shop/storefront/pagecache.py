"""Rendered pages kept per process, each with the facts that it was made of; a page is used while they hold.

Nothing is kept by time alone: whoever asks for a page reads its facts anew (one indexed query) and
compares. The cart's count is put in afterwards, and what a search that led here says, so one page serves all
visitors. Pages lie here compressed: a quarter of the memory and less, for some twenty microseconds a visit.
"""

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from flask import Response, current_app, render_template, request

from catalog import prices
from catalog.overview import Overview
from shop import led, themes
from shop.context import now, session, the_shop

_MOST_PAGES = 2000  # some 10 MB
_COUNT_MARK = "\ue000cart-count\ue000"  # private use characters: in no text, untouched by escaping
_LED_MARK = "\ue000led\ue000"


@dataclass(frozen=True)
class KeptPage:
    """A rendered page, compressed, with a mark where the cart's count belongs; the facts under which it holds.

    `holds_until`: the moment at which the clock alone makes it stale; None: no such moment.
    `product_ids`: the goods on it, whose versions are among the facts. `is_miss`: it says that a search found nothing.
    """

    facts: Hashable
    body: bytes
    digest: str
    holds_until: datetime | None = None
    product_ids: tuple[int, ...] = ()
    is_miss: bool = False

    def is_made_of(self, facts: Hashable, now: datetime) -> bool:
        """Whether it still shows what is true."""
        return self.facts == facts and (self.holds_until is None or now < self.holds_until)


@dataclass
class PageCache:
    """The pages used last; shared by the threads of a process."""

    pages: OrderedDict[Hashable, KeptPage] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable) -> KeptPage | None:
        """The page kept under a key, fresh or not."""
        with self.lock:
            kept = self.pages.get(key)
            if kept is not None:
                self.pages.move_to_end(key)
            return kept

    def put(self, key: Hashable, page: KeptPage) -> None:
        """Keep a page; the one that was not asked for the longest makes room."""
        with self.lock:
            self.pages[key] = page
            self.pages.move_to_end(key)
            while len(self.pages) > _MOST_PAGES:
                self.pages.popitem(last=False)


def pages() -> PageCache:
    """This app's page cache."""
    cache: PageCache = current_app.extensions.setdefault("dorfladen.pages", PageCache())
    return cache


def serve(
    key: Hashable,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *more_facts: Hashable,
    goods: Overview | None = None,
) -> Response:
    """Answer with a kept list of goods while no goods have changed, else render it and keep it.

    `more_facts` are what it is made of besides the goods and the shop's frame, whose changes the overview counts.
    `goods` is the overview of which `context` makes it; the current one by default.
    """
    return answer(current(key, template, context, *more_facts, goods=goods))


def current(
    key: Hashable,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *more_facts: Hashable,
    goods: Overview | None = None,
) -> KeptPage:
    """The kept page that `serve` answers with."""
    goods = goods or the_shop().search.overviews.current(session(), now())
    facts = (goods.number, *more_facts)
    kept = pages().get(key)
    if kept is None or not kept.is_made_of(facts, now()):
        kept = rendered(template, context(), facts)
        pages().put(key, kept)
    return kept


def rendered(template: str, context: Mapping[str, Any], facts: Hashable, product_ids: tuple[int, ...] = ()) -> KeptPage:
    """Render a storefront page for all visitors; it holds at most until any reduction starts or ends."""
    shop, tree = themes.frame()
    html = render_template(template, shop=shop, categories=tree, cart_count=_COUNT_MARK, led=_LED_MARK, **context)
    page = html.encode()
    digest = hashlib.blake2b(page, digest_size=12).hexdigest()
    holds_until = prices.next_change(session(), now())
    is_miss = bool(context.get("is_miss"))
    return KeptPage(facts, zlib.compress(page, 1), digest, holds_until, product_ids, is_miss)


def answer(page: KeptPage) -> Response:
    """The page for this visitor, or 304 if the browser has just this one. It asks each time."""
    count, line = themes.cart_count(), led.line().encode()
    tag = f"{page.digest}-{count}{'-led' if line else ''}"
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if "If-None-Match" in request.headers and tag in request.if_none_match:
        return Response(status=304, headers=headers)
    body = zlib.decompress(page.body).replace(_COUNT_MARK.encode(), str(count).encode() if count else b"")
    return Response(body.replace(_LED_MARK.encode(), line), headers=headers, content_type="text/html; charset=utf-8")
