"""The cart's doors: show it, put something in, change or remove a line."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import Unit, parse_quantity
from checkout import cart as carts
from checkout import contents
from checkout.cart import Cart
from shop import legal, profile, themes
from shop.context import now, session
from shop.storefront import products
from shop.storefront.review import countries, look_at
from shop.storefront.visitor import cart_to_fill, keep_private, own_cart, remember

blueprint = Blueprint("cart", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/warenkorb")
def show() -> str:
    """The cart with prices, delivery times and what shipping comes to."""
    return _page()


@blueprint.post("/warenkorb")
def add() -> Response | tuple[str, int]:
    """Put cuts, pieces or a weight of a variant into the cart."""
    variant, product = _variant(request.form.get("variante", ""))
    assert variant.id is not None
    try:
        pieces, quantity = _wanted(request.form, Unit(product.unit))
        cart = cart_to_fill()
        carts.add(session(), cart, variant.id, pieces=pieces, quantity=quantity, now=now())
    except Refusal as refusal:
        session().rollback()
        return products.page(product.slug, problem=refusal.sentence, typed=request.form), 422
    session().commit()
    return remember(redirect(url_for("cart.show"), 303), cart)


@blueprint.post("/warenkorb/<int:line_id>")
def change(line_id: int) -> Response | tuple[str, int]:
    """Set a line's cuts and length (or pieces, or weight), or take it out."""
    cart = own_cart()
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    try:
        _change(cart, line_id)
    except Refusal as refusal:
        session().rollback()
        return _page(line_id, refusal.sentence, request.form), 422
    session().commit()
    return redirect(url_for("cart.show"), 303)


def _change(cart: Cart, line_id: int) -> None:
    if "entfernen" in request.form:
        carts.remove(session(), cart, line_id, now())
        return
    item = next((each for each in contents.of(session(), cart, now()) if each.line_id == line_id), None)
    if item is None:  # taken out in another window
        return
    pieces, quantity = _wanted(request.form, item.unit)
    carts.change(session(), cart, line_id, pieces, quantity, now())


def _page(line_id: int | None = None, problem: str = "", typed: Mapping[str, str] | None = None) -> str:
    context: dict[str, Any] = {"problem_line": line_id, "problem": problem, "typed": typed or {}}
    cart = own_cart()
    review = look_at(cart) if cart else None
    codes = countries(profile.load(session()))
    names = [legal.country_name(code) for code in codes]
    country = legal.country_name(review.country) if review else ""
    return themes.render("pages/cart.html", review=review, delivers_to=names, country=country, **context)


def _variant(sku: str) -> tuple[Variant, Product]:
    found = session().exec(
        select(Variant, Product).join(Product, col(Product.id) == Variant.product_id).where(Variant.sku == sku)
    )
    variant, product = found.first() or abort(404)
    return variant, product


def _wanted(form: Mapping[str, str], unit: Unit) -> tuple[int, int]:
    """What was typed, as (pieces, quantity of one in smallest units). Raises NotAQuantity."""
    if unit is Unit.PIECE:
        return parse_quantity(form.get("menge") or "1", Unit.PIECE), 1
    pieces = parse_quantity(form.get("stuecke") or "1", Unit.PIECE)
    return pieces, parse_quantity(form.get("laenge" if unit is Unit.LENGTH else "menge", ""), unit)
