"""The buyer's page of an order, behind a link that nobody can guess."""

from flask import Blueprint
from markupsafe import Markup
from sqlmodel import select
from werkzeug.wrappers import Response

from catalog.times import german_day
from checkout import changes, crediting, deliveries, gift_sales, invoices, orders, pickup, redeeming, refunds, trusted
from checkout.bank import paying_back
from checkout.numbers import transfer_reference
from checkout.opening import Special
from checkout.orders import ENDED, Order, State
from checkout.payments import PaymentAttempt, card_testing
from checkout.payments.transfer import giro_code_svg
from checkout.pickup import PickupReady
from checkout.shipping import BY_MAIL, PICKUP
from shop import artwork, guards, legal, profile, themes
from shop.context import now, session, the_shop
from shop.papers import answers
from shop.profile import Profile
from shop.storefront import newsletter, payment
from shop.storefront.visitor import keep_private

blueprint = Blueprint("orders", __name__)
blueprint.after_request(keep_private)

STATE_WORDS = {
    State.AWAITING_PAYMENT: "Wartet auf Ihre Zahlung",
    State.PROCESSING: "Ihre Zahlung ist unterwegs",
    State.CONFIRMED: "Bestellt, Zahlung bei Abholung",
    State.PAID: "Bezahlt",
    State.PARTLY_DELIVERED: "Ein Teil ist unterwegs",
    State.SHIPPED: "Verschickt",
    State.PICKED_UP: "Abgeholt",
    State.CANCELLED: "Storniert",
    State.EXPIRED: "Nicht bezahlt und deshalb aufgehoben",
}


_ON_INVOICE = "Bestellt, Zahlung auf Rechnung"


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address is the key: it must not reach a foreign page.

    Not "no-referrer": under it browsers send the form to pay with "Origin: null", and those without
    Sec-Fetch-Site (Safari before 16.4, any browser without https) could not prove whose form it is.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@blueprint.get("/bestellung/<token>")
def show(token: str) -> str:
    """An order: where it stands, what was bought, how to pay, what happened."""
    order = guards.order_of(token)
    owner = profile.load(session())
    method = the_shop().payments.get(order.payment)
    lines = orders.lines_of(session(), order)
    return themes.render(
        "pages/order.html",
        order=order,
        lines=lines,
        samples_until=crediting.until(order, lines, owner.sample_terms),
        history=_history(order),
        parcels=[(each, deliveries.contents(session(), order, each)) for each in deliveries.of(session(), order)],
        to_come=deliveries.to_come(session(), order) if order.state == State.PARTLY_DELIVERED else [],
        changes=changes.of(session(), order),
        questions=changes.questions(session(), order),
        invoices=[each.content for each in invoices.of(session(), order)],
        refunds=[each for each in refunds.of(session(), order) if each.state in refunds.STANDING],
        state_words=_state_words(order),
        payment_label=method.label if method else redeeming.label(order.payment),
        used=redeeming.used_with(session(), order),
        is_by_mail=order.delivery == BY_MAIL,
        gifts=gift_sales.of_order(session(), order),
        is_online=payment.hosted_method(order) is not None,
        can_transfer=payment.can_transfer(order),
        takes_card=not card_testing.is_over(session(), order.id),
        notice=payment.notice(),
        has_tried=_has_tried(order),
        is_pickup=order.delivery == PICKUP,
        pay_until=order.pay_by,
        transfer=_transfer(order, owner),
        needs_account=paying_back.needs_account(session(), order),
        country_name=legal.country_name,
        ready=_ready(order),
        closed_soon=_closed_soon(order),
        newsletter_consent=newsletter.offer(order),
        papers=[] if order.email else legal.papers_of(session(), order),
        versions=legal.versions_of(session(), order),
        guarantee_notice=artwork.notice_of(session(), order.guarantee_notice),
    )


@blueprint.get("/bestellung/<token>/bestaetigung.pdf")
def contract(token: str) -> Response:
    """The contract with its texts as they held when the order was placed (§ 312i Abs. 1 Nr. 4 BGB), to be kept."""
    return answers.contract(guards.order_of(token))


def _state_words(order: Order) -> str:
    if order.state == State.PAID and not order.total_cents:
        return "Bestellt"
    if order.state == State.CONFIRMED and order.payment == trusted.METHOD:
        return _ON_INVOICE
    if order.state == State.EXPIRED and order.paid_cents:
        return "Aufgehoben, Ihre Zahlung klären wir"
    return STATE_WORDS[State(order.state)]


def _ready(order: Order) -> PickupReady | None:
    """Where the goods lie, while they wait to be fetched."""
    return pickup.ready_of(session(), order) if order.state in pickup.WAITING else None


def _closed_soon(order: Order) -> list[Special]:
    waits = order.delivery == PICKUP and order.state in pickup.WAITING
    return pickup.closed_soon(session(), german_day(now())) if waits else []


def _history(order: Order) -> list[tuple[object, str]]:
    """What happened, for the buyer: the moves only, in her words; the first is the order itself."""
    moves = [event for event in orders.events_of(session(), order) if event.kind in set(State)]
    return [
        (event.happened_at, STATE_WORDS[State(event.kind)] if position else "Bestellung eingegangen")
        for position, event in enumerate(moves)
    ]


def _has_tried(order: Order) -> bool:
    attempts = select(PaymentAttempt.id).where(PaymentAttempt.order_id == order.id)
    return session().exec(attempts).first() is not None


def _transfer(order: Order, owner: Profile) -> dict[str, object] | None:
    """Where to transfer how much, with the GiroCode; None where nothing is to be transferred."""
    waits = order.payment == "transfer" and order.state == State.AWAITING_PAYMENT
    is_due = order.payment == trusted.METHOD and order.state not in ENDED
    if not (waits or is_due) or not owner.iban:
        return None
    account = owner.account
    cents = order.open_cents
    if not cents:
        return None
    return {
        "holder": account.holder,
        "iban": account.iban,
        "bic": account.bic,
        "cents": cents,
        "reference": transfer_reference(order.number),
        "code": Markup(giro_code_svg(account, order.number, cents)),  # noqa: S704  (drawn by ourselves)
    }
