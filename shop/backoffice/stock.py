"""The stock of a variant: what lies where, for whom it is put aside, and every change with its reason."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import promises, rolls, stock, suppliers
from catalog.movements import OutOfStock, Why
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.stock_sheet import places
from catalog.units import Unit
from checkout.orders import Order
from shop.backoffice import named, stock_chart, stock_ledger, words
from shop.backoffice.notes import say
from shop.backoffice.stock_chart import Span
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("stock", __name__)

WHICH_REASON = "Bitte tippen Sie auf den Knopf, der sagt, was passiert ist."


class Reason(StrEnum):
    """Why the owner changes stock by hand: "counted" sets it, "received" and "returned" add, the others take."""

    COUNTED = "counted"
    RECEIVED = "received"
    SOLD_IN_STORE = "sold_in_store"
    DAMAGED = "damaged"
    RETURNED = "returned"


ADDS = (Reason.RECEIVED, Reason.RETURNED)
OF_ROLL = {
    Unit.LENGTH: (Reason.COUNTED, Reason.SOLD_IN_STORE, Reason.DAMAGED),
    Unit.PIECE: tuple(Reason),
}


@blueprint.get("/varianten/<int:variant_id>/bestand")
def variant(variant_id: int) -> Any:
    """What is there of a variant, where it lies, and what has happened to it."""
    return _page(_variant(variant_id), Typed())


@blueprint.post("/varianten/<int:variant_id>/bewegungen")
def change(variant_id: int) -> Any:
    """Change the stock of goods that lie on no rolls; uncounted goods are counted from then on."""
    goods = _variant(variant_id)
    typed = Typed(request.form)
    unit = _unit(goods)
    reason, quantity = _reason(typed, tuple(Reason)), _quantity(typed, unit)
    lot, note = typed.text("partie", longest=40), typed.text("notiz")
    if not typed.is_valid or quantity is None:
        return _page(goods, typed, at="variante"), 422
    supplier = typed.text("lieferant", longest=80)
    return _do(goods, typed, "variante", lambda: _change(goods, typed, reason, quantity, lot, note, supplier))


@blueprint.post("/varianten/<int:variant_id>/ballen")
def lay(variant_id: int) -> Any:
    """Lay another roll, or another dye lot, into the store."""
    goods = _variant(variant_id)
    typed = Typed(request.form)
    reason, quantity = _reason(typed, ADDS), _quantity(typed, _unit(goods))
    lot, place, note = typed.text("partie", longest=40), typed.text("platz", longest=40), typed.text("notiz")
    if not typed.is_valid or quantity is None:
        return _page(goods, typed, at="neu"), 422
    if _was_pressed_twice(goods, typed, reason, quantity):
        return _back(goods)
    return _do(
        goods,
        typed,
        "neu",
        lambda: stock.receive(
            session(),
            goods,
            quantity,
            lot=lot,
            place=place,
            why=Why(reason),
            now=now(),
            author=_who(),
            note=note,
            supplier=typed.text("lieferant", longest=80),
        ),
    )


@blueprint.post("/ballen/<int:roll_id>/bewegungen")
def change_roll(roll_id: int) -> Any:
    """Measure a roll again, or note what was sold or spoilt of it."""
    roll, goods = _roll(roll_id)
    typed = Typed(request.form)
    unit = _unit(goods)
    reason, quantity = _reason(typed, OF_ROLL.get(unit, tuple(Reason))), _quantity(typed, unit)
    note = typed.text("notiz")
    if not typed.is_valid or quantity is None:
        return _page(goods, typed, at=f"r{roll_id}"), 422
    return _do(goods, typed, f"r{roll_id}", lambda: _change_roll(goods, roll, typed, reason, quantity, note), roll)


@blueprint.post("/ballen/<int:roll_id>")
def describe(roll_id: int) -> Any:
    """Note where a roll lies and of which dye lot it is."""
    roll, goods = _roll(roll_id)
    typed = Typed(request.form)
    lot, place = typed.text("partie", longest=40), typed.text("platz", longest=40)
    if not typed.is_valid:
        return _page(goods, typed, at=f"r{roll_id}"), 422
    rolls.describe(session(), roll, lot=lot, place=place, now=now())
    session().commit()
    say("Gespeichert.")
    return _back(goods)


def _change(goods: Variant, typed: Typed, reason: Reason, quantity: int, lot: str, note: str, supplier: str) -> None:
    if reason is Reason.COUNTED:
        stock.count(session(), goods, quantity, now=now(), author=_who(), note=note)
    elif not _was_pressed_twice(goods, typed, reason, _signed(reason, quantity)):
        _move(goods, reason, quantity, lot, note, supplier)
    if not goods.counts_stock:
        stock.begin_counting(session(), goods, now=now(), author=_who())


def _move(goods: Variant, reason: Reason, quantity: int, lot: str, note: str, supplier: str) -> None:
    if reason in ADDS and quantity:
        stock.receive(
            session(), goods, quantity, lot=lot, why=Why(reason), now=now(), author=_who(), note=note, supplier=supplier
        )
    else:
        stock.move(session(), goods, -quantity, Why(reason), now=now(), author=_who(), note=note)


def _change_roll(goods: Variant, roll: Roll, typed: Typed, reason: Reason, quantity: int, note: str) -> None:
    if reason is Reason.COUNTED:
        stock.measure(session(), roll, quantity, now=now(), author=_who(), note=note)
    elif not _was_pressed_twice(goods, typed, reason, _signed(reason, quantity)):
        change = _signed(reason, quantity)
        stock.move(session(), goods, change, Why(reason), now=now(), author=_who(), note=note, roll=roll)


def _do(goods: Variant, typed: Typed, at: str, rule: Callable[[], object], roll: Roll | None = None) -> Any:
    """Change something, or show the page with the sentence why not beside the form that asked for it."""
    try:
        rule()
    except Refusal as refusal:
        session().rollback()
        typed.errors["menge"] = _why_not(goods, refusal, roll)
        return _page(goods, typed, at=at), 409
    session().commit()
    say("Der Bestand ist geändert.")
    return _back(goods)


def _why_not(goods: Variant, refusal: Refusal, roll: Roll | None) -> str:
    """A rule's sentence; of too little stock, which orders the rest is put aside for."""
    if not isinstance(refusal, OutOfStock):
        return refusal.sentence
    held = (roll or goods).held
    if not held:
        return "So viel liegt dort nicht."
    orders = promises.made_to(session(), _id(goods), roll.id if roll else None)
    return f"So viel ist nicht frei: {promises.told(held, _unit(goods), orders)}."


def _was_pressed_twice(goods: Variant, typed: Typed, reason: Reason, change: int) -> bool:
    seen = whole_number(typed.raw("zuletzt"))
    return seen is not None and stock_ledger.is_repeated(session(), _id(goods), seen, Why(reason), change, _who())


def _reason(typed: Typed, offered: tuple[Reason, ...]) -> Reason:
    if typed.raw("grund") not in offered:
        typed.errors["grund"] = WHICH_REASON
        return offered[0]
    return Reason(typed.raw("grund"))


def _quantity(typed: Typed, unit: Unit) -> int | None:
    return typed.quantity("menge", unit, required="Bitte tragen Sie eine Menge ein.")


def _signed(reason: Reason, quantity: int) -> int:
    return quantity if reason in ADDS else -quantity


def _who() -> str:
    return str(g.account.name)


def _id(goods: Variant) -> int:
    assert goods.id is not None
    return goods.id


def _unit(goods: Variant) -> Unit:
    return Unit(session().get_one(Product, goods.product_id).unit)


def _variant(variant_id: int) -> Variant:
    return session().get(Variant, variant_id) or abort(404)


def _roll(roll_id: int) -> tuple[Roll, Variant]:
    roll = session().get(Roll, roll_id) or abort(404)
    return roll, session().get_one(Variant, roll.variant_id)


def _order_ids(numbers: set[str]) -> dict[str, int | None]:
    rows = session().exec(select(Order.number, Order.id).where(col(Order.number).in_(numbers))).all()
    return dict(rows)


def _back(goods: Variant) -> Any:
    return redirect(url_for(".variant", variant_id=goods.id), 303)


def _page(goods: Variant, typed: Typed, at: str = "") -> str:
    variant_id, unit = _id(goods), _unit(goods)
    span = Span(request.args["zeitraum"]) if request.args.get("zeitraum") in list(Span) else Span.QUARTER
    made = promises.made(session(), [variant_id])
    return render_template(
        "backoffice/stock.html",
        variant=goods,
        goods=named.of(session(), [variant_id])[variant_id],
        unit=unit,
        typed=typed,
        at=at,
        rolls=rolls.of(session(), [variant_id]).get(variant_id, []),
        promises=made,
        order_ids=_order_ids({each.holder for each in made}),
        reasons=OF_ROLL.get(unit, tuple(Reason)),
        every_reason=tuple(Reason),
        adds=ADDS,
        ledger=stock_ledger.ledger(session(), goods, whole_number(request.args.get("seite", "")) or 1),
        zuletzt=stock_ledger.newest_id(session(), variant_id),
        chart=stock_chart.of(session(), variant_id, unit, span, now()),
        span=span,
        spans=stock_chart.SHOWN,
        places=places(session()),
        suppliers=suppliers.names(session()),
        movement_words=words.MOVEMENTS,
        Unit=Unit,
    )
