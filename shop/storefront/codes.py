"""The doors for codes: type one into the cart, take one out. Guessing is slowed down, and learns nothing."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog.refusals import Refusal
from checkout import redeeming
from checkout.cart import Cart
from checkout.redeeming import UnknownCode
from shop import throttle
from shop.context import now, session, the_shop
from shop.storefront import cart as cart_pages
from shop.storefront.visitor import cart_to_fill, keep_private, own_cart, remember

TRIED, WRONG = "voucher_tried", "voucher_wrong"  # kinds of what throttle counts
_WITHIN = timedelta(hours=1)
_TRIES = 20  # of a visitor: somebody with shaky fingers and three vouchers needs ten
_WRONG_OF_ALL = 600  # of all visitors together: whoever guesses from a thousand addresses
NOTHING_TYPED = "Bitte tragen Sie den Code von Ihrem Gutschein ein."
TOO_OFT = "Das waren sehr viele Versuche. Bitte warten Sie eine Stunde, oder rufen Sie uns an: Wir helfen gern."


class NothingTyped(Refusal):
    """The field was empty."""


class TooManyTries(Refusal):
    """Somebody, or everybody together, has guessed too often."""


blueprint = Blueprint("codes", __name__)
blueprint.after_request(keep_private)


@blueprint.post("/warenkorb/gutschein")
def enter() -> Response | tuple[str, int]:
    """Put a code into the cart, also into an empty one: it waits there for goods."""
    typed = request.form.get("gutschein", "")
    try:
        cart = enter_code(typed)
    except Refusal as refusal:
        return cart_pages.page(code_problem=refusal.sentence, code_typed=typed[:80]), 422
    return remember(redirect(url_for("cart.show", _anchor="gutscheine"), 303), cart)


@blueprint.post("/warenkorb/gutschein/<int:code_id>")
def remove(code_id: int) -> Any:
    """Take a code out of the visitor's own cart."""
    cart = own_cart()
    if cart is not None:
        redeeming.remove(session(), cart, code_id, now())
        session().commit()
    return redirect(url_for("cart.show", _anchor="gutscheine"), 303)


def enter_code(typed: str) -> Cart:
    """Put a code into the visitor's cart, which is given, and commit. Raises Refusal with the sentence why not.

    Gives up what the request has not committed: tries are counted in a transaction of their own.
    """
    session().rollback()
    if not typed.strip():
        raise NothingTyped(NOTHING_TYPED)
    if not _may_try():
        raise TooManyTries(TOO_OFT)
    try:
        cart = cart_to_fill()
        redeeming.enter(session(), cart, typed, now())
    except UnknownCode:
        session().rollback()
        throttle.note(session(), WRONG, _everybody(), now())
        session().commit()
        raise
    except Refusal:
        session().rollback()
        raise
    session().commit()
    return cart


def _may_try() -> bool:
    shop = the_shop()
    with shop.database.reading() as reading:
        if throttle.is_over(reading, WRONG, _everybody(), limit=_WRONG_OF_ALL, within=_WITHIN, now=now()):
            return False
    return throttle.admit(shop.database, TRIED, throttle.visitor(), limit=_TRIES, within=_WITHIN, now=now())


def _everybody() -> throttle.Who:
    return throttle.hashed("everybody", the_shop().settings.secret_key)
