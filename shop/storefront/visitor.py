"""The visitor's cart: found by its cookie, which is set only when something is put into it."""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from checkout import cart as carts
from checkout.cart import Cart
from shop.context import now, session, the_shop
from shop.legal import CART_COOKIE, CART_DAYS


def own_cart() -> Cart | None:
    """The visitor's cart; None before anything was put into one."""
    token = request.cookies.get(CART_COOKIE)
    return carts.find(session(), token) if token else None


def cart_to_fill() -> Cart:
    """The visitor's cart, made now if there is none."""
    return own_cart() or carts.open(session(), now())


def remember(response: Response, cart: Cart) -> Response:
    """Give the visitor the cookie of a cart: an opaque secret, not for scripts, only for our own pages."""
    response.set_cookie(
        CART_COOKIE,
        cart.token,
        max_age=timedelta(days=CART_DAYS),
        httponly=True,
        samesite="Lax",
        secure=the_shop().settings.is_secure,
    )
    return response


def keep_private(response: Response) -> Response:
    """Let nobody keep a page that shows what a visitor typed or bought."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
