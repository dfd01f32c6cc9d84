"""What is to be transferred back: name, IBAN, amount and a GiroCode for the owner's banking app."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from markupsafe import Markup

from catalog.refusals import Refusal
from checkout import refunds
from checkout.bank import deciding, paying_back
from checkout.bank.bookings import BankBooking
from checkout.bank.paying_back import Transfer
from checkout.orders import Order
from checkout.payments.transfer import refund_code_svg
from checkout.refunds import Refund
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

blueprint = Blueprint("transfers_back", __name__, url_prefix="/zurueckzuzahlen")


@blueprint.get("")
def index() -> Any:
    """The transfers to be made, oldest first."""
    return _page()


@blueprint.post("/erstattung/<int:refund_id>")
def settle(refund_id: int) -> Any:
    """Note that a refund has been transferred; the shopper gets a letter."""
    refund = session().get(Refund, refund_id) or abort(404)
    if refund.method != "transfer":
        abort(404)
    fresh = refunds.settled(session(), refund, now=now(), author=g.account.name)
    session().commit()
    say("Vermerkt: ist überwiesen. Die Kundin bekommt eine Nachricht." if fresh else "Das war schon vermerkt.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/eingang/<int:booking_id>")
def returned(booking_id: int) -> Any:
    """Note that a credit without an order has been transferred back."""
    booking = session().get(BankBooking, booking_id) or abort(404)
    try:
        deciding.returned(session(), booking, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        warn(refusal.sentence)
    else:
        session().commit()
        say("Vermerkt: ist zurücküberwiesen.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/konto/<int:order_id>")
def tell_account(order_id: int) -> Any:
    """Write down the account that the shopper has told."""
    order = session().get(Order, order_id) or abort(404)
    typed = Typed(request.form)
    holder_field, iban_field = f"inhaber-{order.id}", f"iban-{order.id}"
    holder = typed.text(holder_field, required="Bitte nennen Sie, wem das Konto gehört.", longest=70)
    iban = typed.text(iban_field, required="Bitte tragen Sie die IBAN ein.", longest=42)
    if typed.is_valid:
        try:
            paying_back.tell_account(session(), order, holder=holder, iban=iban, now=now(), author=g.account.name)
        except Refusal as refusal:
            typed.errors[iban_field] = refusal.sentence
    if not typed.is_valid:
        return _page(typed), 422
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


def _page(typed: Typed | None = None) -> str:
    transfers = paying_back.to_make(session())
    return render_template(
        "backoffice/transfers_back.html",
        transfers=[(each, _code(each)) for each in transfers],
        mail_query=_mail_query,
        typed=typed or Typed({f"inhaber-{each.order.id}": each.holder for each in transfers if each.order}),
    )


def _mail_query(order: Order) -> str:
    """Subject and words of the mail in which the owner asks for an account, as a mailto address takes them."""
    words = (
        f"Guten Tag {order.name},\n\nwir möchten Ihnen Geld zurückzahlen. Bitte nennen Sie uns hier Ihr Konto:\n"
        f"{the_shop().settings.url}/bestellung/{order.token}/konto\n\nVielen Dank!"
    )
    return urlencode({"subject": f"Rückzahlung zur Bestellung {order.number}", "body": words}, quote_via=quote)


def _code(transfer: Transfer) -> Markup | None:
    if not transfer.iban:
        return None
    drawn = refund_code_svg(transfer.holder, transfer.iban, transfer.cents, transfer.purpose)
    return Markup(drawn)  # noqa: S704  (drawn by ourselves)
