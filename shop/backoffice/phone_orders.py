"""Telephone orders: the owner fills a cart, tells who buys, reads the total aloud, and places it as a shopper would."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import prices
from catalog.prices import CurrentPrice
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import QuantityRule
from checkout import cart as carts
from checkout import contents, customers, phone_orders, trusted
from checkout.cart import Cart
from checkout.orders import Order
from checkout.phone_orders import PhoneOrder
from shop import legal, profile
from shop.backoffice import named, words
from shop.backoffice.named import Named
from shop.backoffice.notes import say
from shop.backoffice.typed import whole_number
from shop.context import now, session
from shop.storefront.checkout import place_cart
from shop.storefront.review import Review, countries, look_at
from shop.wanted import wanted

blueprint = Blueprint("phone_orders", __name__, url_prefix="/telefonbestellung")


@blueprint.get("")
def index() -> Any:
    """Begin one, or go on with one that was parked."""
    return render_template("backoffice/phone_orders.html", parked=phone_orders.parked(session()))


@blueprint.post("")
def begin() -> Any:
    """Begin to take an order."""
    taken = phone_orders.open(session(), now=now(), author=g.account.name)
    session().commit()
    return redirect(url_for(".show", taken_id=taken.id), 303)


@blueprint.get("/<int:taken_id>")
def show(taken_id: int) -> Any:
    """The goods: search, choose, say how much; below, what has been chosen so far."""
    return _goods_page(_taken(taken_id), "", {})


@blueprint.post("/<int:taken_id>/ware")
def add(taken_id: int) -> Any:
    """Put goods into the order's cart."""
    taken = _taken(taken_id)
    variant, product = _variant(whole_number(request.form.get("variante", "")) or 0)
    try:
        pieces, quantity = wanted(request.form, product.rule_of(variant))
        carts.add(session(), _cart(taken), variant.id or 0, pieces=pieces, quantity=quantity, now=now())
    except Refusal as refusal:
        session().rollback()
        return _goods_page(_taken(taken_id), refusal.sentence, request.form), 422
    session().commit()
    return redirect(url_for(".show", taken_id=taken_id), 303)


@blueprint.post("/<int:taken_id>/ware/<int:line_id>")
def change(taken_id: int, line_id: int) -> Any:
    """Set how much of a line is wanted, or take it out."""
    taken = _taken(taken_id)
    try:
        _change(_cart(taken), line_id)
    except Refusal as refusal:
        session().rollback()
        return _goods_page(_taken(taken_id), refusal.sentence, {"zeile": str(line_id)}), 422
    session().commit()
    return redirect(url_for(".show", taken_id=taken_id), 303)


@blueprint.get("/<int:taken_id>/kundin")
def buyer(taken_id: int) -> Any:
    """Who buys, how she gets it and how she pays."""
    return _buyer_page(_taken(taken_id), {})


@blueprint.post("/<int:taken_id>/kundin")
def tell(taken_id: int) -> Any:
    """Keep what she has told; go on to the total if nothing is missing."""
    taken = _taken(taken_id)
    cart = _cart(taken)
    details, _ = customers.parse(request.form, customers.load(session(), cart), _countries())
    buyer = trusted.by_number(session(), details.customer_number)
    if buyer is not None:
        details.name, details.email = details.name or buyer.name, details.email or buyer.email
    customers.save(session(), details)
    session().commit()
    problems = look_at(cart, by_phone=True).problems
    if problems:
        return _buyer_page(taken, problems), 422
    return redirect(url_for(".check", taken_id=taken_id), 303)


@blueprint.get("/<int:taken_id>/pruefen")
def check(taken_id: int) -> Any:
    """What is to be read aloud before the order is placed."""
    taken = _taken(taken_id)
    review = look_at(_cart(taken), by_phone=True)
    if not review.can_be_bought:
        return redirect(url_for(".show", taken_id=taken_id), 303)
    if review.problems:
        return redirect(url_for(".buyer", taken_id=taken_id), 303)
    return _check_page(taken, review, "")


@blueprint.post("/<int:taken_id>/bestellung")
def place(taken_id: int) -> Any:
    """Place the order as it was read aloud. A second press finds the same order."""
    key = request.form.get("schluessel", "")
    placed = session().exec(select(Order).where(Order.checkout_key == key)).first() if key else None
    if placed is not None:
        return redirect(url_for("backoffice.orders.show", order_id=placed.id), 303)
    taken = _taken(taken_id)
    try:
        order = place_cart(_cart(taken), key, taken_by=g.account.name)
        phone_orders.close(session(), taken)
    except Refusal as refusal:
        session().rollback()
        return _again(_taken(taken_id), refusal)
    session().commit()
    say(f"Bestellung {order.number} ist aufgenommen.")
    return redirect(url_for("backoffice.orders.show", order_id=order.id), 303)


@blueprint.post("/<int:taken_id>/verwerfen")
def give_up(taken_id: int) -> Any:
    """Throw an order away that nobody wants any more."""
    phone_orders.close(session(), _taken(taken_id))
    session().commit()
    say("Verworfen.")
    return redirect(url_for(".index"), 303)


def _again(taken: PhoneOrder, refusal: Refusal) -> Any:
    review = look_at(_cart(taken), by_phone=True)
    if not review.can_be_bought:
        return _goods_page(taken, refusal.sentence, {}), 409
    if review.problems:
        return _buyer_page(taken, review.problems), 409
    return _check_page(taken, review, refusal.sentence), 409


def _change(cart: Cart, line_id: int) -> None:
    if "entfernen" in request.form:
        carts.remove(session(), cart, line_id, now())
        return
    item = next((each for each in contents.of(session(), cart, now()) if each.line_id == line_id), None)
    if item is None:
        return
    variant, product = _variant(item.variant_id)
    pieces, quantity = wanted(request.form, product.rule_of(variant))
    carts.change(session(), cart, line_id, pieces, quantity, now())


def _taken(taken_id: int) -> PhoneOrder:
    return session().get(PhoneOrder, taken_id) or abort(404)


def _cart(taken: PhoneOrder) -> Cart:
    return phone_orders.cart_of(session(), taken)


def _countries() -> list[str]:
    return countries(profile.load(session()))


def _variant(variant_id: int) -> tuple[Variant, Product]:
    found = session().exec(
        select(Variant, Product).join(Product, col(Product.id) == Variant.product_id).where(Variant.id == variant_id)
    )
    variant, product = found.first() or abort(404)
    return variant, product


def _goods_page(taken: PhoneOrder, problem: str, typed: Mapping[str, str]) -> str:
    q = request.args.get("q", "").strip()[:100]
    chosen = whole_number(typed.get("variante", "") or request.args.get("variante", "")) or 0
    found = named.find(session(), q) if q else list(named.of(session(), [chosen]).values() if chosen else [])
    goods = found[0] if len(found) == 1 else None
    return render_template(
        "backoffice/phone_order.html",
        taken=taken,
        review=look_at(_cart(taken), by_phone=True),
        q=q,
        found=found,
        goods=goods,
        rule=_rule(goods),
        prices=_prices(found),
        problem=problem,
        typed=typed,
    )


def _rule(goods: Named | None) -> QuantityRule | None:
    if goods is None:
        return None
    variant, product = _variant(goods.variant_id)
    return product.rule_of(variant)


def _prices(found: Sequence[Named]) -> dict[int, CurrentPrice]:
    return prices.current(session(), [each.variant_id for each in found], now()) if found else {}


def _buyer_page(taken: PhoneOrder, problems: Mapping[str, str]) -> str:
    return render_template(
        "backoffice/phone_order_buyer.html",
        taken=taken,
        review=look_at(_cart(taken), by_phone=True),
        problems=problems,
        buyers=[each for each in trusted.everybody(session()) if each.is_active],
        countries=[(code, words.COUNTRIES.get(code, code)) for code in _countries()],
    )


def _check_page(taken: PhoneOrder, review: Review, problem: str) -> str:
    return render_template(
        "backoffice/phone_order_check.html",
        taken=taken,
        review=review,
        problem=problem,
        country_name=legal.country_name,
    )
