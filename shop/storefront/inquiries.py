"""The shopper's answer to a question about her order: a calm page behind a secret link, without an account."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog.refusals import Refusal
from catalog.stock import OutOfStock
from catalog.units import Unit
from checkout import answers, inquiries, orders
from checkout.answers import Offer
from checkout.inquiries import AlreadyAnswered, Inquiry
from checkout.orders import SHOPPER, Order, OrderLine
from shop import guards, themes
from shop.context import now, session
from shop.storefront.visitor import keep_private

blueprint = Blueprint("inquiries", __name__)
blueprint.after_request(keep_private)

_GONE = "Das ist inzwischen leider auch nicht mehr da. Bitte wählen Sie etwas anderes; es tut uns leid."


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address is the key, as that of the order's page."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@blueprint.get("/rueckfrage/<token>")
def show(token: str) -> str | tuple[str, int]:
    """The question with its answers, or one of them (`wahl`) to be confirmed. Decides nothing."""
    inquiry = guards.question_of(token)
    return _page(inquiry, request.args.get("wahl", type=int)) if inquiry else _unknown()


@blueprint.post("/rueckfrage/<token>")
def answer(token: str) -> Response | str | tuple[str, int]:
    """Do what was confirmed; the same click again shows what was done."""
    inquiry = guards.question_of(token)
    if inquiry is None:
        return _unknown()
    number, seen_cents = request.form.get("wahl", -1, type=int), request.form.get("weniger", -1, type=int)
    try:
        answers.answer(session(), inquiry, number, seen_cents=seen_cents, now=now(), author=SHOPPER)
    except Refusal as refusal:
        session().rollback()
        inquiry = inquiries.find_by_token(session(), token)
        if inquiry is None or isinstance(refusal, AlreadyAnswered):
            return redirect(url_for(".show", token=token), 303)
        problem = _GONE if isinstance(refusal, OutOfStock) else refusal.sentence
        return _page(inquiry, None, problem), 409
    session().commit()
    return redirect(url_for(".show", token=token), 303)


def _page(inquiry: Inquiry, chosen: int | None, problem: str = "") -> str:
    order = session().get_one(Order, inquiry.order_id)
    line = session().get_one(OrderLine, inquiry.order_line_id)
    is_open = inquiry.is_open and order.state in inquiries.CAN_BE_ASKED
    offers = answers.offers(session(), order, inquiry) if is_open else []
    return themes.render(
        "pages/inquiry.html",
        inquiry=inquiry,
        order=order,
        line=line,
        is_open=is_open,
        offers=offers,
        words={offer.number: _words(offer, line) for offer in offers},
        chosen=next((offer for offer in offers if offer.number == chosen), None),
        answered=answers.answered_in_words(inquiry, line),
        is_paid=orders.is_paid(order),
        problem=problem,
    )


def _words(offer: Offer, line: OrderLine) -> str:
    if not offer.goods:
        return "Bitte weglassen"
    return answers.in_words(offer.goods, Unit(line.unit))


def _unknown() -> tuple[str, int]:
    """The same for every address that is no question: nobody learns anything from it."""
    return themes.render("pages/inquiry.html", inquiry=None), 404
