"""Goods that came back ("Rückgabe"): what lies in the store again, and what the shopper gets for it."""

import re
import secrets
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from checkout import returns, taking_back, withdrawal_cases
from checkout.deliveries import Size
from checkout.orders import Order
from checkout.returns import Withdrawal
from shop.backoffice import order_money
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount
from shop.context import now, session

blueprint = Blueprint("goods_back", __name__, url_prefix="/bestellungen/<int:order_id>/rueckgabe")

EVENTS = {taking_back.CAME_BACK: "Ware zurückgekommen"}
_PART = re.compile(r"teil-([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})")


@blueprint.get("")
def form(order_id: int) -> Any:
    """What came back."""
    return _page(_order(order_id), Typed())


@blueprint.post("")
def take_back(order_id: int) -> Any:
    """Show what goes back to the shopper, then do it; the same form twice is one return."""
    order = _order(order_id)
    typed = Typed(request.form)
    pieces = pieces_of(typed)
    deduction_cents = typed.cents("abzug") or 0
    why = typed.text("warum", longest=200, required="Bitte nennen Sie den Grund des Abzugs." if deduction_cents else "")
    if not typed.is_valid:
        return _page(order, typed), 422
    key = typed.text("schluessel", longest=40) or secrets.token_hex(16)
    try:
        worth = taking_back.worth(session(), order, pieces) if not typed.ticked("ja") else None
        shipping_cents = worth.standard_shipping_cents if worth else typed.cents("versand") or 0
        taking_back.take_back(
            session(), order, pieces, reason=_reason(order), shipping_cents=shipping_cents,
            deduction_cents=deduction_cents, deduction_reason=why, withdrawal_id=_withdrawal_id(order), now=now(),
            author=g.account.name, key=key,
        )  # fmt: skip
        _settle(order)
    except Refusal as refusal:
        session().rollback()
        typed.errors["teile"] = refusal.sentence
        return _page(order, typed), 409
    if worth is not None:  # what would happen is shown, and nothing of it is kept
        told = order_money.told_of(order, f"return-{_newest(order)}")
        session().rollback()
        return render_template(
            "backoffice/goods_back_check.html", order=_order(order_id), typed=typed, worth=worth, told=told,
            deduction_cents=deduction_cents, amount=amount, fields=_fields(typed, key),
        )  # fmt: skip
    session().commit()
    say("Die Ware ist wieder im Bestand.")
    return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)


def facts(order: Order) -> dict[str, Any]:
    """What an order's page says about goods that may come back, or have."""
    return {
        "can_come_back": bool(taking_back.out_there(session(), order)),
        "came_back": taking_back.of(session(), order),
    }


def is_part(name: str) -> bool:
    """Whether a field of a form says how many pieces of a part it is about."""
    return _PART.fullmatch(name) is not None


def pieces_of(typed: Typed) -> dict[Size, int]:
    """How many pieces of which part a form tells, in fields "teil-<line>-<variant>-<quantity>"."""
    found = {}
    for name in typed.texts:
        if match := _PART.fullmatch(name):
            line_id, variant_id, quantity = (int(each) for each in match.groups())
            if pieces := typed.number(name, 0, 100_000):
                found[line_id, variant_id, quantity] = pieces
    return found


def _settle(order: Order) -> None:
    """Declarations all of whose goods are back are done."""
    for withdrawal in returns.of(session(), order):
        withdrawal_cases.settle_if_all_is_done(session(), withdrawal, now=now(), author=g.account.name)


def _reason(order: Order) -> str:
    return "Widerruf" if _withdrawal_id(order) else "Rückgabe"


def _withdrawal_id(order: Order) -> int | None:
    """The oldest open declaration about the order, else the newest; goods may also come back without one."""
    every = returns.of(session(), order)
    still_open = [each.id for each in every if not each.outcome]
    return next(iter([*still_open, *(each.id for each in reversed(every))]), None)


def _coming(order: Order) -> dict[Size, int]:
    """The pieces that were declared withdrawn."""
    withdrawal = session().get(Withdrawal, _withdrawal_id(order) or 0)
    return withdrawal_cases.coming(session(), withdrawal, order) if withdrawal else {}


def _newest(order: Order) -> int | None:
    return taking_back.of(session(), order)[-1].id


def _fields(typed: Typed, key: str) -> dict[str, str]:
    names = [name for name in typed.texts if name in ("abzug", "warum") or _PART.fullmatch(name)]
    return {name: typed.raw(name) for name in names} | {"schluessel": key, "ja": "ja"}


def _page(order: Order, typed: Typed) -> str:
    return render_template(
        "backoffice/goods_back.html",
        order=order,
        typed=typed,
        parts=taking_back.out_there(session(), order),
        coming=_coming(order),
    )


def _order(order_id: int) -> Order:
    return session().get(Order, order_id) or abort(404)
