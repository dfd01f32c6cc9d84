"""The cart's doors: show it, put goods or samples in, ask whether lengths become one piece, change or remove a line."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import QuantityRule, Unit, format_quantity
from checkout import cart as carts
from checkout import contents, customers, cutting, joining, samples
from checkout.cart import Cart
from checkout.joining import Answer, Question
from shop import legal, profile, themes
from shop.context import now, session
from shop.storefront import products
from shop.storefront.review import countries, look_at
from shop.storefront.visitor import cart_to_fill, keep_private, own_cart, remember
from shop.wanted import wanted

_NUMBERS = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()

blueprint = Blueprint("cart", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/warenkorb")
def show() -> str:
    """The cart with prices, delivery times and what shipping comes to."""
    return page()


@blueprint.post("/warenkorb")
def add() -> Response | tuple[str, int]:
    """Put cuts, pieces or a weight of a variant into the cart, or ask first: one piece or two?"""
    variant, product = _variant(request.form.get("variante", ""))
    assert variant.id is not None
    try:
        pieces, quantity = wanted(request.form, product.rule_of(variant))
        cart = cart_to_fill()
        carts.lock(session(), cart)  # two first lengths at once: the second one is asked about, too
        if joining.question(session(), cart, variant.id, pieces=pieces, quantity=quantity, now=now()):
            session().rollback()
            return redirect(_question_at(variant, pieces, quantity), 303)
        carts.add(session(), cart, variant.id, pieces=pieces, quantity=quantity, now=now())
    except Refusal as refusal:
        session().rollback()
        return products.page(product.slug, problem=refusal.sentence, typed=request.form), 422
    session().commit()
    return remember(redirect(url_for("cart.show"), 303), cart)


@blueprint.get("/warenkorb/zuschnitt")
def ask() -> Response | str:
    """The question whether a length and the one in the cart shall become one piece."""
    variant, product = _variant(request.args.get("variante", ""))
    assert variant.id is not None
    cart = own_cart()
    try:
        pieces, quantity = wanted(request.args, product.rule_of(variant))
    except Refusal:
        cart = None
    asked = joining.question(session(), cart, variant.id, pieces=pieces, quantity=quantity, now=now()) if cart else None
    if cart is None or asked is None:
        return redirect(url_for("products.show", slug=product.slug, v=variant.sku), 303)
    return _question(cart, variant, asked)


@blueprint.post("/warenkorb/zuschnitt")
def answer() -> Response | tuple[str, int]:
    """Put the length into the cart as the shopper decides: as one piece with the other, or by itself."""
    variant, product = _variant(request.form.get("variante", ""))
    assert variant.id is not None
    cart = own_cart()
    wish = request.form.get("antwort", "")
    if cart is None or wish not in list(Answer):
        return redirect(url_for("products.show", slug=product.slug, v=variant.sku), 303)
    try:
        pieces, quantity = wanted(request.form, product.rule_of(variant))
        again = joining.answer(
            session(), cart, variant.id, pieces=pieces, quantity=quantity, wish=Answer(wish),
            key=request.form.get("schluessel", ""), now=now(),
        )  # fmt: skip
    except Refusal as refusal:
        session().rollback()
        return products.page(product.slug, problem=refusal.sentence, typed=request.form), 422
    session().commit()
    if again is not None:
        return _question(cart, variant, again), 409
    return redirect(url_for("cart.show"), 303)


@blueprint.post("/warenkorb/muster")
def add_sample() -> Response | tuple[str, int]:
    """Put a swatch of a variant into the cart."""
    variant, product = _variant(request.form.get("variante", ""))
    assert variant.id is not None
    try:
        cart = cart_to_fill()
        samples.add(session(), cart, variant.id, profile.load(session()).sample_terms, now())
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
        return page(line_id, refusal.sentence, request.form), 422
    session().commit()
    return redirect(url_for("cart.show"), 303)


@blueprint.post("/warenkorb/ziel")
def aim() -> Response | tuple[str, int]:
    """Keep the country and postal code that the goods go to, for the price of sending them."""
    cart = own_cart()
    if cart is None:
        return redirect(url_for("cart.show"), 303)
    told = {field: request.form[field] for field in ("country", "postal_code") if field in request.form}
    details, problems = customers.parse(told, customers.load(session(), cart), countries(profile.load(session())))
    wrong = [problems[field] for field in ("country", "postal_code") if details.postal_code and field in problems]
    if wrong:
        session().rollback()
        return page(place_problem=wrong[0], typed=request.form), 422
    customers.save(session(), details)
    session().commit()
    return redirect(url_for("cart.show", _anchor="ziel"), 303)


def _change(cart: Cart, line_id: int) -> None:
    if "entfernen" in request.form:
        carts.remove(session(), cart, line_id, now())
        return
    item = next((each for each in contents.of(session(), cart, now()) if each.line_id == line_id), None)
    if item is None:  # taken out in another window
        return
    variant, product = _variant(item.sku)
    rule = QuantityRule(Unit.PIECE) if item.is_sample else product.rule_of(variant)
    pieces, quantity = wanted(request.form, rule)
    carts.change(session(), cart, line_id, pieces, quantity, now())


def page(
    line_id: int | None = None,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    place_problem: str = "",
    **about_code: str,
) -> str:
    """The cart's page, with the sentence of what was refused beside what it is about.

    `about_code` are `code_problem` and `code_typed`.
    """
    context: dict[str, Any] = {"problem_line": line_id, "problem": problem, "typed": typed or {}} | about_code
    cart = own_cart()
    review = look_at(cart) if cart else None
    named = [(code, legal.country_name(code)) for code in countries(profile.load(session()))]
    return themes.render(
        "pages/cart.html",
        review=review,
        countries=named,
        delivers_to=[name for _, name in named],
        country=legal.country_name(review.country) if review else "",
        place_problem=place_problem,
        **context,
    )


def _question_at(variant: Variant, pieces: int, quantity: int) -> str:
    return url_for("cart.ask", variante=variant.sku, stuecke=pieces, laenge=format_quantity(quantity, Unit.LENGTH))


def _question(cart: Cart, variant: Variant, asked: Question) -> str:
    items = contents.of(session(), cart, now())
    item = next(each for each in items if each.variant_id == variant.id and not each.is_sample)
    return themes.render("pages/one_piece.html", item=item, asked=asked, written=cutting.written, words=_NUMBERS)


def _variant(sku: str) -> tuple[Variant, Product]:
    found = session().exec(
        select(Variant, Product).join(Product, col(Product.id) == Variant.product_id).where(Variant.sku == sku)
    )
    variant, product = found.first() or abort(404)
    return variant, product
