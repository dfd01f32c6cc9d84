"""Sold in the store: one page for the telephone that keeps the stock right. It is no till."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import select

from catalog import rolls, stock
from catalog.movements import OutOfStock, StockMovement, Why
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from shop.backoffice import named, stock_ledger
from shop.backoffice.named import Named
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("store_sale", __name__, url_prefix="/ladenverkauf")


class AlreadyUndone(Refusal):
    """The sale was taken back before."""


@blueprint.get("")
def index() -> Any:
    """Scan or search, choose, and say how much."""
    q = request.args.get("q", "").strip()[:100]
    found = named.find(session(), q)
    chosen = whole_number(request.args.get("variante", ""))
    if chosen:
        found = list(named.of(session(), [chosen]).values())
    return _page(Typed({"menge": "1"} if _is_by_piece(found) else {}), q, found)


@blueprint.post("")
def sell() -> Any:
    """Take goods that were sold in the store from their stock."""
    typed = Typed(request.form)
    goods = _goods(whole_number(typed.raw("variante")) or 0)
    quantity = typed.quantity("menge", goods.unit, required="Bitte tragen Sie ein, wie viel verkauft wurde.")
    if quantity == 0:
        typed.errors["menge"] = "Bitte mehr als nichts eintragen."
    roll = _roll(typed, goods)
    if not typed.is_valid or quantity is None:
        return _page(typed, "", [goods]), 422
    seen, author = whole_number(typed.raw("zuletzt")), str(g.account.name)
    if seen is not None and stock_ledger.is_repeated(
        session(), goods.variant_id, seen, Why.SOLD_IN_STORE, -quantity, author
    ):
        return _done(goods)
    try:
        variant = session().get_one(Variant, goods.variant_id)
        stock.move(session(), variant, -quantity, Why.SOLD_IN_STORE, now=now(), author=author, roll=roll)
    except OutOfStock:
        session().rollback()
        typed.errors["menge"] = "So viel ist davon nicht frei. Liegt doch mehr da, zählen Sie bitte zuerst nach."
        return _page(typed, "", [goods]), 409
    session().commit()
    return _done(goods)


@blueprint.post("/<int:movement_id>/rueckgaengig")
def undo(movement_id: int) -> Any:
    """Take a sale back by a movement the other way; the ledger keeps both."""
    movement = session().get(StockMovement, movement_id) or abort(404)
    if movement.why != Why.SOLD_IN_STORE or movement.change >= 0:
        abort(404)
    variant = session().get_one(Variant, movement.variant_id, with_for_update=True)
    if _undone(movement):
        raise AlreadyUndone("Dieser Verkauf ist schon rückgängig gemacht.")
    roll = session().get(Roll, movement.roll_id) if movement.roll_id else None
    stock.move(
        session(),
        variant,
        -movement.change,
        Why.SOLD_IN_STORE,
        now=now(),
        author=g.account.name,
        note=_note_of_undoing(movement),
        roll=roll,
    )
    session().commit()
    say("Der Verkauf ist rückgängig gemacht, die Ware ist wieder da.")
    return redirect(url_for(".index"), 303)


def _note_of_undoing(movement: StockMovement) -> str:
    return f"rückgängig gemacht (Buchung {movement.id})"


def _undone(movement: StockMovement) -> bool:
    counter = select(StockMovement.id).where(
        StockMovement.variant_id == movement.variant_id, StockMovement.note == _note_of_undoing(movement)
    )
    return session().exec(counter).first() is not None


def _done(goods: Named) -> Any:
    return redirect(url_for(".index", verkauft=stock_ledger.newest_id(session(), goods.variant_id)), 303)


def _goods(variant_id: int) -> Named:
    return named.of(session(), [variant_id]).get(variant_id) or abort(404)


def _roll(typed: Typed, goods: Named) -> Roll | None:
    """The roll that was chosen; goods on rolls want one."""
    if goods.longest is None:
        return None
    roll = session().get(Roll, whole_number(typed.raw("ballen")) or 0)
    if roll is None or roll.variant_id != goods.variant_id:
        typed.errors["ballen"] = "Bitte tippen Sie an, wovon Sie verkauft haben."
        return None
    return roll


def _is_by_piece(found: list[Named]) -> bool:
    return len(found) == 1 and found[0].unit == "piece"


def _page(typed: Typed, q: str, found: list[Named]) -> str:
    goods = found[0] if len(found) == 1 else None
    last = _last_sale()
    return render_template(
        "backoffice/store_sale.html",
        typed=typed,
        q=q,
        found=found,
        goods=goods,
        rolls=rolls.of(session(), [goods.variant_id]).get(goods.variant_id, []) if goods else [],
        scanned_roll=named.roll_number(q),
        zuletzt=stock_ledger.newest_id(session(), goods.variant_id) if goods else 0,
        last=last,
        last_goods=named.of(session(), [last.variant_id])[last.variant_id] if last else None,
    )


def _last_sale() -> StockMovement | None:
    """The sale that was just booked, as the address says, unless it was taken back."""
    movement = session().get(StockMovement, whole_number(request.args.get("verkauft", "")) or 0)
    if movement is None or movement.why != Why.SOLD_IN_STORE or movement.change >= 0 or _undone(movement):
        return None
    return movement
