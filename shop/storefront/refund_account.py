"""The shopper tells where her money may go back to, where nobody knows yet: behind the link of her order."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog.refusals import Refusal
from checkout.bank import paying_back
from checkout.orders import SHOPPER, Order
from shop import guards, themes
from shop.context import now, session
from shop.storefront.orders import keep_secret
from shop.storefront.visitor import keep_private

blueprint = Blueprint("refund_account", __name__)
blueprint.after_request(keep_private)
blueprint.after_request(keep_secret)

_LONGEST = 70  # characters of a name in a SEPA transfer


@blueprint.get("/bestellung/<token>/konto")
def show(token: str) -> str | Response:
    """The form; who has nothing to tell is sent to her order."""
    order = _order(token)
    if not paying_back.needs_account(session(), order):
        return _to_order(token)
    return _form(order, order.billing_name or order.name, "", {})


@blueprint.post("/bestellung/<token>/konto")
def save(token: str) -> str | Response | tuple[str, int]:
    """Write the account down. One that is known already stays: then only the owner changes it."""
    order = _order(token)
    if not paying_back.needs_account(session(), order):
        return _to_order(token)
    holder, iban = (" ".join(request.form.get(name, "").replace("\0", "").split()) for name in ("inhaber", "iban"))
    problems = {} if holder else {"inhaber": "Bitte nennen Sie, wem das Konto gehört."}
    if len(holder) > _LONGEST:
        problems["inhaber"] = f"Bitte höchstens {_LONGEST} Zeichen."
    try:
        if not problems:
            paying_back.tell_account(session(), order, holder=holder, iban=iban, now=now(), author=SHOPPER)
    except Refusal as refusal:
        problems["iban"] = refusal.sentence
    if problems:
        return _form(order, holder[:_LONGEST], iban[:50], problems), 422
    session().commit()
    return _to_order(token)


def _order(token: str) -> Order:
    return guards.order_of(token)


def _to_order(token: str) -> Response:
    return redirect(url_for("orders.show", token=token), 303)


def _form(order: Order, holder: str, iban: str, problems: dict[str, str]) -> str:
    return themes.render("pages/refund_account.html", order=order, holder=holder, iban=iban, problems=problems)
