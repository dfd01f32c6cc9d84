"""Orders: the work list, one order with its cutting list, and what can be done with it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import stock
from catalog.movements import Why
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.times import german_day
from catalog.units import Unit, format_quantity
from checkout import (
    carriers,
    contact,
    deliveries,
    fulfilment,
    gift_sales,
    inquiries,
    invoice_writing,
    invoices,
    orders,
    outbox,
    pickup,
    rates,
    redeeming,
    refunds,
)
from checkout.orders import ENDED, MOVES, STATE_NAMES, Order, OrderEvent, OrderLine, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.payments.disputing import Dispute
from checkout.returns import Withdrawal
from checkout.shipping import PICKUP
from shop.backoffice import cut_list, goods_back, money_words, order_money, parcels, pickups, trade, words
from shop.backoffice import inquiries as asking
from shop.backoffice.invoices import facts as invoice_facts
from shop.backoffice.notes import say
from shop.backoffice.order_list import SHOWN, Show, counts, listed
from shop.backoffice.outbox import KINDS
from shop.backoffice.typed import Typed, amount
from shop.context import now, session, the_shop

blueprint = Blueprint("orders", __name__, url_prefix="/bestellungen")

EVENTS = {
    "money": "Geld eingegangen",
    "payment_failed": "Zahlung fehlgeschlagen",
    "withdrawal": "Widerruf",
    "reduced": "weniger zu bezahlen",
    "kept": "bleibt bezahlt",
    "refund_owed": "wird zurückgezahlt",
    "refunded": "zurückgezahlt",
    "card_declined": "Karte abgelehnt",
    "payment_changed": "andere Zahlungsart",
    "dispute_inquiry": "Rückfrage der Bank",
    "dispute_open": "Zahlung wird bestritten",
    "dispute_won": "bestrittene Zahlung gewonnen",
    "dispute_lost": "bestrittene Zahlung verloren",
    "dispute_dropped": "Rückfrage der Bank erledigt",
    "gift_issued": "Gutschein ausgestellt",
    "gift_blocked": "Gutschein gesperrt",
    invoice_writing.ISSUED: "Beleg ausgestellt",
    "attention": "bitte ansehen",
    "attention_settled": "geklärt",
    fulfilment.CUT: "zugeschnitten",
    contact.CORRECTED: "E-Mail-Adresse berichtigt",
}


@blueprint.get("")
def index() -> Any:
    """The orders, by the work that they want."""
    show = Show(request.args["zeigen"]) if request.args.get("zeigen") in list(Show) else Show.ALL
    wanted = request.args.get("q", "").strip()[:100]
    found = listed(session(), wanted, show, request.args.get("seite", 1, type=int))
    return render_template(
        "backoffice/orders.html",
        found=found,
        q=wanted,
        show=show,
        shown=SHOWN,
        counts=counts(session()),
        asked=asking.among(found.orders),
        refund_trouble=refunds.failed_among(session(), [order.id or 0 for order in found.orders]),
        lying=pickup.all_ready(session(), [order.id or 0 for order in found.orders]),
        today=german_day(now()),
        german_day=german_day,
        states=STATE_NAMES,
        PICKUP=PICKUP,
    )


@blueprint.get("/<int:order_id>")
def show(order_id: int) -> Any:
    """One order."""
    return _page(_order(order_id), Typed())


@blueprint.post("/<int:order_id>/zahlung")
def pay(order_id: int) -> Any:
    """Note money that the owner has seen in her account."""
    order = _order(order_id)
    typed = Typed(request.form)
    cents = typed.cents("betrag", required="Bitte tragen Sie den Betrag ein.")
    reference = typed.text("verwendung", longest=120)
    paid_before = typed.number("bisher", 0, 10**9) or 0  # the same click twice is the same payment
    if cents == 0:
        typed.errors["betrag"] = "Bitte tragen Sie mehr als 0,00 € ein."
    if not typed.is_valid or cents is None:
        return _page(order, typed), 422
    return _act(
        order,
        typed,
        "betrag",
        "Die Zahlung ist eingetragen.",
        lambda: fulfilment.mark_paid(
            session(),
            order,
            cents=cents,
            reference=f"{order.number}/{paid_before}: {reference or 'von Hand'}",
            method="on_pickup" if order.payment == "on_pickup" else "transfer",
            now=now(),
            author=g.account.name,
        ),
    )


@blueprint.post("/<int:order_id>/zuschnitt")
def cut(order_id: int) -> Any:
    """Note that an order's pieces are cut, and, where she has measured, what is left on the rolls."""
    order = _order(order_id)
    typed = Typed(request.form)
    rolls = [roll for roll, _ in cut_list.rests(cut_list.of(session(), order))]
    rests = [(roll, typed.quantity(f"rest-{roll.id}", Unit.LENGTH)) for roll in rolls]
    if not typed.is_valid:
        return _page(order, typed), 422
    measured = [(roll, rest) for roll, rest in rests if rest is not None]
    for roll, rest in measured:
        if rest > roll.on_hand:  # "75" was meant to be centimetres: metres stand in this field
            typed.errors[f"rest-{roll.id}"] = _too_long(roll, rest)
    if not typed.is_valid:
        return _page(order, typed), 422
    return _act(order, typed, "zuschnitt", "Zugeschnitten.", lambda: _cut(order, measured))


@blueprint.post("/<int:order_id>/versand")
def ship(order_id: int) -> Any:
    """Note that the parcel is on its way; the shopper gets a letter."""
    order = _order(order_id)
    typed = Typed(request.form)
    carrier, tracking = carriers.name_of(typed.text("dienst", longest=60)), typed.text("sendung", longest=60)
    going, key = parcels.going(typed), typed.text("schluessel", longest=64)
    if not typed.is_valid:
        return _page(order, typed), 422
    odd = carriers.oddity(carrier, tracking)
    return _act(
        order,
        typed,
        "dienst",
        f"Verschickt. Die Kundin bekommt eine Nachricht. {odd}".strip(),
        lambda: fulfilment.ship(
            session(), order, carrier=carrier, tracking=tracking, now=now(), author=g.account.name, going=going, key=key
        ),
    )


@blueprint.post("/<int:order_id>/abholung")
def pick_up(order_id: int) -> Any:
    """Note that the goods were handed over in the store."""
    order = _order(order_id)
    typed = Typed(request.form)
    receipt = typed.text("bon", longest=40)
    going, key = parcels.going(typed), typed.text("schluessel", longest=64)
    if not typed.is_valid:
        return _page(order, typed), 422
    return _act(
        order,
        typed,
        "abholung",
        "Übergeben.",
        lambda: fulfilment.pick_up(
            session(), order, now=now(), author=g.account.name, till_receipt=receipt, going=going, key=key
        ),
    )


@blueprint.post("/<int:order_id>/storno")
def cancel(order_id: int) -> Any:
    """Cancel an order; the shopper gets a letter and the goods go back on the shelf."""
    order = _order(order_id)
    typed = Typed(request.form)
    reason = typed.text("grund", required="Bitte nennen Sie den Grund, er steht im Brief an die Kundin.", longest=300)
    if not typed.is_valid:
        return _page(order, typed), 422
    return _act(
        order,
        typed,
        "grund",
        "Die Bestellung ist storniert.",
        lambda: fulfilment.cancel(session(), order, reason=reason, now=now(), author=g.account.name),
    )


@blueprint.post("/<int:order_id>/klaerung")
def settle(order_id: int) -> Any:
    """Note what was decided about an order that called for attention."""
    order = _order(order_id)
    typed = Typed(request.form)
    note = typed.text("entscheidung", required="Bitte schreiben Sie kurz auf, was Sie getan haben.", longest=300)
    if not typed.is_valid:
        return _page(order, typed), 422
    return _act(
        order,
        typed,
        "entscheidung",
        "Geklärt.",
        lambda: orders.settle_attention(session(), order, now=now(), author=g.account.name, note=note),
    )


def _cut(order: Order, measured: list[tuple[Roll, int]]) -> None:
    """Cut the order's pieces, and write down what is really left on the rolls that were measured."""
    fulfilment.cut(session(), order, now=now(), author=g.account.name)
    for roll, rest in measured:
        stock.measure(session(), roll, rest, why=Why.CUT, now=now(), author=g.account.name, note=order.number)


def _too_long(roll: Roll, rest: int) -> str:
    before = format_quantity(roll.on_hand, Unit.LENGTH)
    said = format_quantity(rest, Unit.LENGTH)
    return f"Vor dem Schneiden lagen dort {before}, {said} können es nicht sein. Zentimeter bitte so: 75 cm"


def _act(order: Order, typed: Typed, field: str, done: str, rule: Any) -> Any:
    """Do one thing with an order, or show the order with the sentence why not."""
    try:
        rule()
    except Refusal as refusal:
        session().rollback()
        typed.errors[field] = refusal.sentence
        return _page(order, typed), 409
    session().commit()
    say(done)
    return redirect(url_for(".show", order_id=order.id), 303)


def _order(order_id: int) -> Order:
    return session().get(Order, order_id) or abort(404)


def _page(order: Order, typed: Typed) -> str:
    allowed = MOVES[State(order.state)]
    is_pickup = order.delivery == PICKUP
    lines = _lines(order)
    parts = deliveries.deliverable(session(), order)
    asked = inquiries.open_lines(session(), order)
    can_go = any(part.left and part.line.id not in asked for part in parts) or not any(part.left for part in parts)
    pieces = cut_list.of(session(), order)
    by_line = cut_list.by_line(parts, pieces)
    to_cut = {id(each): each for line_id, every in by_line.items() if line_id not in asked for each in every}
    rests = cut_list.rests(to_cut.values()) if order.state in cut_list.TO_DO else []
    return render_template(
        "backoffice/order.html",
        order=order,
        typed=typed,
        lines=lines,
        amount_of=cut_list.amount_of,
        pieces=by_line,
        rests=rests,
        rest_fields=[f"rest-{roll.id}" for roll, _ in rests],
        open_cents=order.open_cents,
        amount=amount,
        can_pay=_may_be_paid(order),
        can_ship=State.SHIPPED in allowed and not is_pickup and can_go,
        can_pick_up=State.PICKED_UP in allowed and is_pickup and can_go,
        can_cancel=State.CANCELLED in allowed,
        is_pickup=is_pickup,
        payments=_of(Payment, order),
        events=_of(OrderEvent, order),
        disputes=_of(Dispute, order),
        withdrawals=_of(Withdrawal, order),
        letters=_letters(order),
        letter_kinds=KINDS,
        states=STATE_NAMES,
        event_words=EVENTS | pickups.EVENTS | asking.EVENTS | goods_back.EVENTS | trade.EVENTS | STATE_NAMES,
        methods=the_shop().payments,
        method_name=redeeming.label,
        said_payment=money_words.payment,
        said_note=money_words.note,
        used=redeeming.used_with(session(), order),
        gifts=gift_sales.of_order(session(), order),
        countries=words.COUNTRIES,
        Unit=Unit,
        carrier_names=[each.name for each in carriers.CARRIERS.values()],
        usual_carrier=carriers.name_of(rates.load(session()).method(order.delivery).carrier),
        **pickups.facts(order),
        **parcels.facts(order, typed),
        **asking.facts(order),
        **order_money.facts(order),
        **goods_back.facts(order),
        **trade.facts(order),
        **invoice_facts(order),
    )


def _may_be_paid(order: Order) -> bool:
    """Whether money may still come by transfer; what is paid in the store is the till's business (§ 146a AO)."""
    is_unpaid = bool(order.open_cents) or (order.state in ENDED and order.paid_cents < order.total_cents)
    return is_unpaid and order.payment != "on_pickup"


def _letters(order: Order) -> list[Letter]:
    """The letters about an order and its parcels."""
    parcels_of_order = [f"shipment:{each.id}" for each in deliveries.of(session(), order)]
    back = [f"refund:{each.id}" for each in refunds.of(session(), order)]
    questions = [f"inquiry:{each.id}" for each in inquiries.of(session(), order)]
    papers = [f"invoice:{each.id}" for each in invoices.of(session(), order)]
    about = [f"order:{order.id}", *parcels_of_order, *papers, *questions, *back]
    return [letter for reason in about for letter in outbox.letters_about(session(), reason)]


def _lines(order: Order) -> Sequence[OrderLine]:
    return (
        session()
        .exec(
            select(OrderLine).where(OrderLine.order_id == order.id).order_by(col(OrderLine.position), col(OrderLine.id))
        )
        .all()
    )


def _of(table: Any, order: Order) -> Sequence[Any]:
    return session().exec(select(table).where(table.order_id == order.id).order_by(table.id)).all()
