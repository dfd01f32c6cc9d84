"""An order's money: something off, money back, and what goes back by which way; each shown before it is done."""

import secrets
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from checkout import allowances, concessions, gift_sales, orders, refunds
from checkout.orders import ENDED, Order
from checkout.refunds import Refund, RefundState
from shop.backoffice import money_words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount
from shop.context import now, session

blueprint = Blueprint("order_money", __name__, url_prefix="/bestellungen/<int:order_id>")

_STATES = {
    RefundState.OWED: "steht an",
    RefundState.PENDING: "unterwegs",
    RefundState.DONE: "angekommen",
    RefundState.FAILED: "gescheitert",
}
_WAYS = {
    "stripe": "geht von selbst über Stripe zurück",
    "transfer": "überweisen Sie bitte: steht dann unter „Zurückzuzahlen“",
    "voucher": "geht auf den Geschenkgutschein zurück",
    "invoice": "überweisen Sie bitte: steht dann unter „Zurückzuzahlen“",
}
_BY_HAND = "zahlen Sie bitte selbst zurück"


@blueprint.get("/nachlass")
def form(order_id: int) -> Any:
    """How much less, of what, and why."""
    return _form(_order(order_id), Typed())


@blueprint.post("/nachlass")
def grant(order_id: int) -> Any:
    """Show what comes of it, then do it; the same form twice is one allowance."""
    order = _order(order_id)
    typed = Typed(request.form)
    reason = typed.text("grund", required="Bitte nennen Sie den Grund, die Kundin liest ihn.", longest=200)
    whole = typed.cents("betrag")
    lines = {
        line.id or 0: cents
        for line in orders.lines_of(session(), order)
        if (cents := typed.cents(f"zeile-{line.id}")) is not None and cents
    }
    shipping_cents = typed.cents("versand") or 0
    if typed.is_valid and not (whole or lines or shipping_cents):
        typed.errors["betrag"] = "Bitte tragen Sie ein, wie viel Sie nachlassen."
    if typed.is_valid and whole and (lines or shipping_cents):
        typed.errors["betrag"] = "Bitte entweder einen Betrag für alles oder einzelne Beträge eintragen."
    if not typed.is_valid:
        return _form(order, typed), 422
    key = typed.text("schluessel", longest=40) or secrets.token_hex(16)
    try:
        if whole and not allowances.is_granted(session(), f"allowance-{key}"):
            lines, shipping_cents = allowances.spread(session(), order, whole)
        owed = concessions.concede(
            session(), order, lines, shipping_cents=shipping_cents, reason=reason, now=now(), author=g.account.name,
            key=f"allowance-{key}",
        )  # fmt: skip
    except Refusal as refusal:
        session().rollback()
        typed.errors["betrag"] = refusal.sentence
        return _form(order, typed), 409
    if not typed.ticked("ja"):  # what would happen is shown, and nothing of it is kept
        told = [(refund.cents, way(refund.method)) for refund in owed]
        cents, left = whole or sum(lines.values()) + shipping_cents, order.owed_cents
        session().rollback()
        return render_template(
            "backoffice/allowance_check.html", order=_order(order_id), typed=typed, told=told, cents=cents, left=left,
            fields=_fields(typed, key),
        )  # fmt: skip
    session().commit()
    say("Der Nachlass ist eingetragen.")
    return _to_order(order_id)


@blueprint.post("/rueckzahlung")
def give_back(order_id: int) -> Any:
    """Owe all that is overpaid back; what failed before is tried with a new refund."""
    order = _order(order_id)
    typed = Typed(request.form)
    key = typed.text("schluessel", longest=40) or secrets.token_hex(16)
    reason = typed.text("grund", longest=200) or "Zu viel bezahlt"
    try:
        concessions.give_back(session(), order, reason=reason, now=now(), author=g.account.name, key=f"surplus-{key}")
    except Refusal as refusal:
        session().rollback()
        say(refusal.sentence)
        return _to_order(order_id)
    session().commit()
    say("Das Geld geht zurück.")
    return _to_order(order_id)


@blueprint.post("/gutscheine-zurueck")
def take_gifts_back(order_id: int) -> Any:
    """Take back the gift vouchers that were bought with the order: the shopper has withdrawn."""
    order = _order(order_id)
    try:
        concessions.take_gifts_back(
            session(), order, reason="Gutschein zurückgenommen", now=now(), author=g.account.name
        )
    except Refusal as refusal:
        session().rollback()
        say(refusal.sentence)
        return _to_order(order_id)
    session().commit()
    say("Der Gutschein ist gesperrt, das Geld geht zurück.")
    return _to_order(order_id)


def facts(order: Order) -> dict[str, Any]:
    """What an order's page says about its money."""
    return {
        "allowances": allowances.of(session(), order),
        "refund_rows": [
            (each, _STATES[RefundState(each.state)], way_words(each)) for each in refunds.of(session(), order)
        ],
        "ways_back": [(cents, way(method)) for method, cents in refunds.ways(session(), order, order.overpaid_cents)],
        "can_allow": order.state not in ENDED and allowances.left_of(session(), order).cents > 0,
        "gifts_left_cents": 0 if order.state in ENDED else gift_sales.left_cents(session(), order),
        "money_key": secrets.token_hex(16),
    }


def way(method: str) -> str:
    """By which way money goes back, and who does it."""
    return _WAYS.get(method, _BY_HAND)


def way_words(refund: Refund) -> str:
    """How a refund's way is called."""
    return money_words.way_of(refund.method)


def _fields(typed: Typed, key: str) -> dict[str, str]:
    """What was typed, to be sent once more."""
    names = [name for name in typed.texts if name in ("betrag", "grund", "versand") or name.startswith("zeile-")]
    return {name: typed.raw(name) for name in names} | {"schluessel": key}


def _form(order: Order, typed: Typed) -> str:
    left = allowances.left_of(session(), order)
    return render_template(
        "backoffice/allowance.html",
        order=order,
        lines=[(line, left.lines[line.id or 0]) for line in orders.lines_of(session(), order)],
        shipping_left=left.shipping_cents,
        left_cents=left.cents,
        typed=typed,
        amount=amount,
    )


def _order(order_id: int) -> Order:
    return session().get(Order, order_id) or abort(404)


def _to_order(order_id: int) -> Any:
    return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)


def told_now(order: Order) -> list[tuple[int, str]]:
    """How much of what this request has written down goes back by which way."""
    return [(each.cents, way(each.method)) for each in refunds.of(session(), order) if each.created_at == now()]


def told_of(order: Order, key: str) -> list[tuple[int, str]]:
    """How much goes back by which way under a refund's key."""
    return [(refund.cents, way(refund.method)) for refund in refunds.of_key(session(), key)]
