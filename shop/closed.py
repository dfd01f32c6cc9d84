"""A shop that is not open: shoppers read that it opens soon, its owner walks through a preview of it.

What a shopper may need all the same works always: the legal pages, the withdrawal, the pages of orders that were
placed before (the shop may have been open). The owner's session reaches no page of the shop (its cookie is the
backoffice's alone), so as long as the shop is closed the backoffice gives her browser a second cookie; it is signed
and ends with her password or after twelve hours. Nothing is ordered in a preview, and no page of it is kept anywhere.
"""

import hashlib
import re
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from catalog.refusals import Refusal
from shop import profile, themes
from shop.accounts import Account
from shop.context import session, the_shop

PREVIEW_COOKIE = "vorschau"
PREVIEW_S = 12 * 3600  # as long as a session of the backoffice
_RETRY_AFTER_S = 86_400

# Blueprints that answer whether the shop is open or not. The first are none of a shopper's pages.
_NO_PAGES = frozenset({"backoffice", "health", "webhooks", "theme", "media"})
_ALWAYS = frozenset({"legal", "withdrawal", "orders", "inquiries", "payment", "refund_account", "newsletter"})
_ALWAYS_ENDPOINTS = frozenset({"machines.robots"})
_PLACING = "checkout.place"
_BODY = re.compile(rb"<body[^>]*>")


class NotOpen(Refusal):
    """The shop is not open, so nobody can order."""

    def __init__(self) -> None:
        super().__init__(
            "Der Laden ist noch nicht geöffnet: Bestellt wird erst, wenn Sie ihn im Backoffice unter „Ampel“ öffnen."
        )


def set_up(app: Flask) -> None:
    """Put the door before the pages of the shop."""
    app.config["OPEN"] = {}
    app.before_request(_let_in)
    app.after_request(_mark_preview)


def offer_preview(response: Response) -> Response:
    """Give the browser of who is signed in the preview's cookie while the shop is closed; take it back otherwise."""
    if request.method != "GET" or request.endpoint == "backoffice.static":
        return response
    account: Account | None = g.get("account")
    if account is not None and not profile.load(session()).admits_shoppers:
        secure = the_shop().settings.is_secure
        response.set_cookie(
            PREVIEW_COOKIE, _pass_of(account), max_age=PREVIEW_S, httponly=True, samesite="Lax", secure=secure
        )
    elif PREVIEW_COOKIE in request.cookies:
        response.delete_cookie(PREVIEW_COOKIE)
    return response


def _let_in() -> Any:
    """Show shoppers of a closed shop that it is closed; pages that always answer only get the owner's bar."""
    blueprint = (request.blueprints or [""])[-1]
    if blueprint in _NO_PAGES or request.endpoint is None:
        return None
    is_for_all = blueprint in _ALWAYS or request.endpoint in _ALWAYS_ENDPOINTS
    if is_for_all and PREVIEW_COOKIE not in request.cookies:
        return None
    if _admits_shoppers():
        return None
    g.is_preview = _is_owners()
    if g.is_preview and request.endpoint == _PLACING:
        raise NotOpen
    return None if is_for_all or g.is_preview else _closed()


def _admits_shoppers() -> bool:
    """Whether the shop is open; read again only when what stands on every page has changed."""
    number, kept = themes.shop_revision(), current_app.config["OPEN"]
    if kept.get("number") != number:
        kept.update(number=number, is_open=profile.load(session()).admits_shoppers)
    return bool(kept["is_open"])


def _closed() -> Response:
    response = make_response(themes.render("pages/closed.html"), 503)
    response.headers.update(
        {"Retry-After": str(_RETRY_AFTER_S), "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
    )
    return response


def _mark_preview(response: Response) -> Response:
    """Lay the bar over a page of the preview, and let nobody keep it."""
    if not g.get("is_preview"):
        return response
    response.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
    response.headers.pop("ETag", None)
    if response.mimetype == "text/html" and not response.is_streamed:
        bar = render_template("parts/preview.html").encode()
        response.data = _BODY.sub(lambda body: body[0] + bar, response.get_data(), count=1)
    return response


def _is_owners() -> bool:
    """Whether this browser belongs to somebody who has signed in at the backoffice of late."""
    request.environ.pop("HTTP_IF_NONE_MATCH", None)  # a page from before the preview is none of it
    try:
        told = _signer().loads(request.cookies.get(PREVIEW_COOKIE, ""), max_age=PREVIEW_S)
    except BadSignature:
        return False
    account = session().get(Account, told["account"])
    return account is not None and _print_of(account) == told["key"]


def _pass_of(account: Account) -> str:
    return str(_signer().dumps({"account": account.id, "key": _print_of(account)}))


def _print_of(account: Account) -> str:
    return hashlib.sha256(account.session_key.encode()).hexdigest()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="preview")
