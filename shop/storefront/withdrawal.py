"""The withdrawal function of § 356a BGB: declare, confirm, keep the receipt. No account, no reason, no script."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlmodel import select
from werkzeug.wrappers import Response as AnyResponse

from checkout import customers, orders, returns
from checkout.returns import Withdrawal
from shop import guards, themes
from shop.context import now, session
from shop.formats import offset
from shop.storefront.visitor import keep_private

blueprint = Blueprint("withdrawal", __name__)
blueprint.after_request(keep_private)

_LONGEST = {"name": 200, "email": 254, "which_order": 2000, "extent": 2000}


@dataclass(frozen=True)
class Declaration:
    """What a consumer has typed; `token` is that of the order's secret link, "" if she came without."""

    name: str = ""
    email: str = ""
    which_order: str = ""
    extent: str = ""
    token: str = ""


@blueprint.get("/widerruf")
def show() -> str:
    """The first step: an empty form, or one that knows the order of a secret link."""
    return _form(_prefilled(request.args.get("bestellung", "")), {})


@blueprint.post("/widerruf")
def review() -> str | tuple[str, int]:
    """The second step: the declaration to read again, with the one button that declares it."""
    declaration = _read()
    problems = _problems(declaration)
    if problems:
        return _form(declaration, problems), 422
    if "aendern" in request.form:
        return _form(declaration, {})
    return themes.render("pages/withdrawal_confirm.html", declaration=declaration, key=secrets.token_urlsafe(24))


@blueprint.post("/widerruf/bestaetigen")
def declare() -> AnyResponse | tuple[str, int]:
    """Store the declaration before anything else happens; the same one twice is one."""
    declaration = _read()
    problems = _problems(declaration)
    key = request.form.get("schluessel", "")
    if problems or not 16 <= len(key) <= 64:
        return _form(declaration, problems), 422
    is_new = session().exec(select(Withdrawal.id).where(Withdrawal.declaration_key == key)).first() is None
    returns.declare(
        session(),
        key=key,
        name=declaration.name,
        email=declaration.email,
        which_order=declaration.which_order,
        extent=declaration.extent,
        order_token=declaration.token,
        now=now(),
        letters_due_at=guards.receipt_due(declaration.email, declaration.token) if is_new else None,
    )
    session().commit()
    return redirect(url_for("withdrawal.received", key=key), 303)


@blueprint.get("/widerruf/eingang/<key>")
def received(key: str) -> str:
    """The receipt: what was declared, on which day, at what time."""
    return themes.render("pages/withdrawal_received.html", key=key, **_receipt(key))


@blueprint.get("/widerruf/eingang/<key>/widerruf.txt")
def download(key: str) -> Response:
    """The receipt as a text to keep."""
    text = themes.render("mail/withdrawal_receipt.txt", **_receipt(key))
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="widerruf.txt"'
    return response


def _prefilled(token: str) -> Declaration:
    order = guards.find_order(token)
    if order is None:
        return Declaration()
    return Declaration(order.name, order.email, order.number, token=token)


def _read() -> Declaration:
    typed = {field: request.form.get(field, "").strip()[:longest] for field, longest in _LONGEST.items()}
    return Declaration(**typed, token=request.form.get("bestellung", "")[:64])


def _problems(declaration: Declaration) -> dict[str, str]:
    """Only what is needed to know who withdraws from what and where the receipt goes."""
    found = {}
    if not declaration.name:
        found["name"] = "Bitte nennen Sie uns Ihren Namen."
    needs_no_email = not declaration.email and _gave_no_email(declaration.token)
    if not customers.is_email(declaration.email) and not needs_no_email:
        found["email"] = "Bitte nennen Sie uns eine E-Mail-Adresse: Dorthin schicken wir die Eingangsbestätigung."
    if not declaration.which_order:
        found["which_order"] = "Bitte schreiben Sie, welche Bestellung Sie meinen. Ware und Datum genügen."
    return found


def _gave_no_email(token: str) -> bool:
    """Whether the order of a secret link was placed without an e-mail address: then its buyer needs none here."""
    order = orders.find_by_token(session(), token) if token else None
    return order is not None and not order.email


def _form(declaration: Declaration, problems: dict[str, str]) -> str:
    return themes.render(
        "pages/withdrawal.html",
        declaration=declaration,
        problems=problems,
        needs_email=not _gave_no_email(declaration.token),
    )


def _receipt(key: str) -> dict[str, object]:
    found = session().exec(select(Withdrawal).where(Withdrawal.declaration_key == key)).first() or abort(404)
    return {"withdrawal": found, "received_offset": offset(found.received_at)}
