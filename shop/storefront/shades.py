"""Many shades at once: all variants of an article in a list with a field each, which is a colour card on paper."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog import article, redirects
from catalog.article import Page
from catalog.choices import Choice
from catalog.refusals import Refusal
from catalog.units import Unit, parse_quantity
from checkout import cart as carts
from checkout.cart import Cart
from shop import themes
from shop.context import begin_anew, now, session, the_shop
from shop.storefront import moved, pagecache
from shop.storefront.visitor import cart_to_fill, remember

blueprint = Blueprint("shades", __name__)

_TEMPLATE = "pages/shades.html"
_MOST_AT_ONCE = 100  # others wait while they are put into the cart
_NOTHING = "Bitte tragen Sie ein, wie viel Sie haben möchten."
_TOO_MANY = (
    f"Mehr als {_MOST_AT_ONCE} auf einmal schaffen wir nicht. Bitte legen Sie die übrigen danach in den Warenkorb."
)


@blueprint.get("/artikel/<slug>/farben")
def show(slug: str) -> Response:
    """The list with its empty fields; kept, for it is the same for everybody."""
    key = (_TEMPLATE, slug)
    kept = pagecache.pages().get(key)
    if kept is None or not kept.is_made_of(article.stamps(session(), kept.product_ids), now()):
        page = _page(slug)
        stamps = article.stamps(session(), [page.product_id])
        kept = pagecache.rendered(_TEMPLATE, _context(page), stamps, (page.product_id,))
        pagecache.pages().put(key, kept)
    return pagecache.answer(kept)


@blueprint.post("/artikel/<slug>/farben")
def add(slug: str) -> Response | tuple[str, int]:
    """Put all that was filled in into the cart, or nothing of it and say at each row why."""
    page = _page(slug)
    wanted = _wanted(page, request.form)
    if not 0 < len(wanted) <= _MOST_AT_ONCE:
        return _again(slug, {}, _TOO_MANY if wanted else _NOTHING)
    cart = cart_to_fill()
    problems = {choice.variant_id: why for choice, text in wanted if (why := _put(cart, page.unit, choice, text))}
    if problems:
        return _again(slug, problems)
    session().commit()
    return remember(redirect(url_for("cart.show"), 303), cart)


def _page(slug: str) -> Page:
    page = article.read(session(), slug, now())
    if page is None:
        moved.on("artikel", redirects.product_at(session(), slug))
    return page


def _wanted(page: Page, form: Mapping[str, str]) -> list[tuple[Choice, str]]:
    """The variants that are wanted, with what was typed; "0" means none."""
    typed = ((choice, form.get(f"menge-{choice.variant_id}", "").strip()) for choice in page.choices)
    return [(choice, text) for choice, text in typed if text not in ("", "0")]


def _put(cart: Cart, unit: Unit, choice: Choice, text: str) -> str:
    """Put pieces, or one cut of a length or weight, into the cart; give the sentence that says why it cannot be."""
    try:
        amount = parse_quantity(text, unit)
        pieces, quantity = (amount, 1) if unit is Unit.PIECE else (1, amount)
        carts.add(session(), cart, choice.variant_id, pieces=pieces, quantity=quantity, now=now())
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _again(slug: str, problems: Mapping[int, str], problem: str = "") -> tuple[str, int]:
    begin_anew()
    page = _page(slug)
    return themes.render(_TEMPLATE, **_context(page, problems, problem, request.form)), 422


def _context(
    page: Page, problems: Mapping[int, str] | None = None, problem: str = "", typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "page": page,
        "address": f"{the_shop().settings.url}/artikel/{page.slug}/farben",
        "problems": problems or {},
        "problem": problem,
        "typed": typed or {},
    }
