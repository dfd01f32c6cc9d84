"""To ask the shopper ("Kundin fragen") at the cutting table, and to note what she said on the telephone."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog.holds import StockHold
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.units import Unit, format_quantity, parse_quantity
from checkout import answers, deliveries, inquiries
from checkout.amendments import Goods
from checkout.deliveries import Part
from checkout.inquiries import Inquiry
from checkout.orders import ENDED, Order, OrderLine
from shop.backoffice import named
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

blueprint = Blueprint("inquiries", __name__, url_prefix="/bestellungen/<int:order_id>")

EVENTS = {
    "inquiry": "Kundin gefragt",
    "inquiry_answered": "Antwort der Kundin",
    "inquiry_taken_back": "Frage zurückgenommen",
}
_TIMES = re.compile(r"([0-9]{1,4})\s*[x×*]\s*(.+)")
_CHOICE = re.compile(r"([0-9]{1,2})-([0-9]{1,9})")  # the option, and how much less it said it costs
_MOST_PIECES = 50


class NotUnderstood(Refusal):
    """What is there instead was typed in a way that cannot be read."""


@blueprint.get("/frage/<int:line_id>")
def form(order_id: int, line_id: int) -> Any:
    """What happened, and what the shopper may choose instead."""
    order, line = _line(order_id, line_id)
    return _page(order, line, Typed({"passiert": _usual(line)}))


@blueprint.post("/frage/<int:line_id>")
def ask(order_id: int, line_id: int) -> Any:
    """Send the question."""
    order, line = _line(order_id, line_id)
    typed = Typed(request.form)
    happened = typed.text("passiert", required="Bitte schreiben Sie in einem Satz, was los ist.", longest=500)
    unit = Unit(line.unit)
    there = typed.quantity("da", unit)
    parts = [part for part in deliveries.to_come(session(), order) if part.line.id == line.id]
    options = [
        option for name in ("stuecke1", "stuecke2") if (option := typed.by_rule(name, lambda text: _pieces(line, text)))
    ]
    if other := typed.by_rule("ersatz", lambda text: _other(line, text, parts)):
        options.append(other)
    if not typed.is_valid:
        return _page(order, line, typed), 422
    roll = _roll(order, parts)
    try:
        inquiries.ask(
            session(), order, line, happened=happened, options=options, there=there, roll=roll, now=now(),
            author=g.account.name,
        )  # fmt: skip
    except Refusal as refusal:
        session().rollback()
        typed.errors["passiert"] = refusal.sentence
        return _page(order, line, typed), 409
    session().commit()
    say("Die Frage ist unterwegs." if order.email else "Die Frage steht. Bitte rufen Sie die Kundin an.")
    return redirect(url_for("backoffice.orders.show", order_id=order.id), 303)


@blueprint.post("/antwort/<int:inquiry_id>")
def answer(order_id: int, inquiry_id: int) -> Any:
    """Note what the shopper has said on the telephone."""
    inquiry = _inquiry(order_id, inquiry_id)
    typed = Typed(request.form)
    choice = _CHOICE.fullmatch(typed.raw("wahl")) or abort(400)
    note = typed.text("notiz", longest=200)
    try:
        answers.answer(
            session(), inquiry, int(choice[1]), seen_cents=int(choice[2]), now=now(), author=g.account.name,
            note=note or "am Telefon",
        )  # fmt: skip
    except Refusal as refusal:
        session().rollback()
        say(refusal.sentence)
        return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)
    session().commit()
    say("Festgehalten.")
    return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)


@blueprint.post("/antwort/<int:inquiry_id>/zurueck")
def take_back(order_id: int, inquiry_id: int) -> Any:
    """It can be delivered after all."""
    inquiry = _inquiry(order_id, inquiry_id)
    try:
        inquiries.take_back(session(), inquiry, note="geht doch wie bestellt", now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        say(refusal.sentence)
        return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)
    session().commit()
    say("Die Frage ist zurückgenommen.")
    return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)


def among(orders: Iterable[Order]) -> set[int]:
    """The ids of those orders about which a question is open; one query."""
    ids = [order.id for order in orders]
    return set(session().exec(inquiries.asked_orders().where(col(Order.id).in_(ids))).all())


def facts(order: Order) -> dict[str, Any]:
    """What an order's page says about questions: the open ones with their ways out, and the lines to ask about."""
    is_open = order.state in inquiries.CAN_BE_ASKED
    every = inquiries.of(session(), order) if order.state not in ENDED else []
    lines = {each.id: session().get_one(OrderLine, each.order_line_id) for each in every}
    return {
        "asking": [(each, lines[each.id], _offers(order, each, lines[each.id])) for each in every if each.is_open],
        "can_ask": is_open,
        "shop_url": the_shop().settings.url,
    }


def _offers(order: Order, inquiry: Inquiry, line: OrderLine) -> list[tuple[answers.Offer, str]]:
    offers = answers.offers(session(), order, inquiry)
    return [(offer, answers.in_words(offer.goods, Unit(line.unit))) for offer in offers]


def _line(order_id: int, line_id: int) -> tuple[Order, OrderLine]:
    order = session().get(Order, order_id) or abort(404)
    line = session().get(OrderLine, line_id)
    if line is None or line.order_id != order.id:
        abort(404)
    return order, line


def _inquiry(order_id: int, inquiry_id: int) -> Inquiry:
    inquiry = session().get(Inquiry, inquiry_id)
    if inquiry is None or inquiry.order_id != order_id:
        abort(404)
    return inquiry


def _roll(order: Order, parts: list[Part]) -> Roll | None:
    """The roll on which the pieces lie that are asked about; the first of several."""
    sizes = {(part.goods.variant_id, part.goods.quantity) for part in parts}
    held = session().exec(select(StockHold).where(StockHold.holder == order.number, StockHold.outcome == "")).all()
    ids = [each.roll_id for each in held if (each.variant_id, each.quantity) in sizes and each.roll_id]
    return session().get(Roll, ids[0]) if ids else None


def _usual(line: OrderLine) -> str:
    if line.unit == Unit.LENGTH:
        return "Beim Zuschneiden haben wir gesehen, dass der Stoff nicht mehr ganz reicht. Das tut uns leid."
    return "Davon ist leider weniger da, als wir dachten. Das tut uns leid."


def _pieces(line: OrderLine, text: str) -> list[Goods]:
    """Pieces as typed: "1,20 m", "1,00 + 0,50", "2 x 0,75"; of what is counted a number. Raises NotUnderstood."""
    unit = Unit(line.unit)
    if unit is Unit.PIECE:
        return [_goods(line, 1, parse_quantity(text, unit))]
    found: dict[int, int] = {}
    for each in re.split(r"\s*(?:\+|;|\bund\b)\s*", text):
        times = _TIMES.fullmatch(each)
        pieces, length = (int(times[1]), times[2]) if times and unit is Unit.LENGTH else (1, each)
        quantity = parse_quantity(length, unit)
        if not quantity or not 0 < pieces <= _MOST_PIECES:
            raise NotUnderstood("Bitte so eintragen: 1,20 oder 1,00 + 0,50")
        found[quantity] = found.get(quantity, 0) + pieces
    return [_goods(line, quantity, pieces) for quantity, pieces in found.items()]


def _other(line: OrderLine, text: str, parts: list[Part]) -> list[Goods]:
    """The same pieces of another variant, found by its number. Raises NotUnderstood, inquiries.CannotAsk."""
    found = named.find(session(), text)
    if len(found) != 1:
        names = ", ".join(f"{each.sku} ({each.title})" for each in found[:5])
        raise NotUnderstood(f"Bitte die genaue Nummer: {names}" if found else "Diese Nummer kennt der Laden nicht.")
    other = found[0]
    inquiries.goods_like(session(), line, session().get_one(Variant, other.variant_id))
    return [
        Goods(other.variant_id, other.sku, other.name, other.options, part.goods.quantity, part.left) for part in parts
    ]


def _goods(line: OrderLine, quantity: int, pieces: int) -> Goods:
    if pieces <= 0:
        raise NotUnderstood("Bitte mehr als nichts eintragen: Weglassen kann sie immer.")
    return Goods(line.variant_id, line.sku, line.name, line.options, quantity, pieces)


def _page(order: Order, line: OrderLine, typed: Typed) -> str:
    parts = [part for part in deliveries.to_come(session(), order) if part.line.id == line.id]
    roll = _roll(order, parts)
    return render_template(
        "backoffice/inquiry.html",
        order=order,
        line=line,
        parts=parts,
        typed=typed,
        roll=roll,
        in_books=format_quantity(roll.on_hand, Unit(line.unit)) if roll else "",
        is_length=line.unit == Unit.LENGTH,
        is_piece=line.unit == Unit.PIECE,
    )
