"""The visitor's cart: found by its cookie, which is set only when something is put into it."""

import secrets
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from checkout import cart as carts
from checkout.cart import Cart
from shop import themes
from shop.context import now, session, the_shop
from shop.legal import CART_COOKIE, CART_DAYS


def own_cart() -> Cart | None:
    """The visitor's cart; None before anything was put into one."""
    token = themes.cart_token()
    return carts.find(session(), token) if token else None


def browser() -> str:
    """The secret by which the visitor's browser proves that what was told at the checkout was told in it.

    It stands in the cookie beside the cart's own secret and is a new one each time that something is told. So
    a stranger who has planted the cookie of a cart of his own, or who knew the one of a shared computer,
    finds goods in that cart, but neither the address that was typed into it nor its order.
    """
    return request.cookies.get(CART_COOKIE, "").partition(".")[2][:64]


def new_browser() -> str:
    """Another such secret, to be handed to `remember`."""
    return secrets.token_urlsafe(24)


def cart_to_fill() -> Cart:
    """The visitor's cart, made now if there is none."""
    return own_cart() or carts.open(session(), now())


def remember(response: Response, cart: Cart, secret: str | None = None) -> Response:
    """Give the visitor the cookie of a cart: opaque secrets, not for scripts, only for our own pages.

    `secret` is a new one of the browser's (see `browser`); without it the browser keeps the one that it has.
    """
    of_browser = browser() if secret is None else secret
    response.set_cookie(
        CART_COOKIE,
        f"{cart.token}.{of_browser}" if of_browser else cart.token,
        max_age=timedelta(days=CART_DAYS),
        httponly=True,
        samesite="Lax",
        secure=the_shop().settings.is_secure,
    )
    return response


def renew(response: Response) -> Response:
    """Give the visitor's cart another secret, as whenever somebody becomes more than a visitor (session fixation)."""
    cart = own_cart()
    if cart is None:
        return response
    carts.renew(session(), cart)
    session().commit()
    return remember(response, cart)


def keep_private(response: Response) -> Response:
    """Let nobody keep a page that shows what a visitor typed or bought."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
