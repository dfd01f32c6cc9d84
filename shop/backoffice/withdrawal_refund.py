"""What a withdrawal gives back: shown line by line, then owed by the way the money came; once."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from checkout import withdrawal_cases, withdrawal_refunds
from checkout.deliveries import Size
from checkout.orders import Order
from checkout.returns import Withdrawal
from checkout.withdrawal_refunds import Calculation
from shop.backoffice import order_money
from shop.backoffice.goods_back import is_part, pieces_of
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, amount
from shop.backoffice.withdrawals import page_of
from shop.context import now, session

blueprint = Blueprint("withdrawal_refund", __name__, url_prefix="/widerrufe/<int:withdrawal_id>/erstattung")


@blueprint.post("")
def pay_back(withdrawal_id: int) -> Any:
    """Show what goes back, then owe it."""
    withdrawal, order = _about(withdrawal_id)
    typed = Typed(request.form)
    pieces = pieces_of(typed)
    deduction_cents = typed.cents("abzug") or 0
    why = typed.text("grund", longest=200, required="Bitte nennen Sie den Grund des Abzugs." if deduction_cents else "")
    shipping_cents = typed.cents("versand")
    if not typed.is_valid:
        return page_of(withdrawal, typed), 422
    try:
        counted = withdrawal_refunds.calculate(session(), order, pieces, deduction_cents=deduction_cents)
        owed = counted.shipping_cents if shipping_cents is None else shipping_cents
        withdrawal_refunds.pay_back(
            session(), withdrawal, order, pieces, shipping_cents=owed, deduction_cents=deduction_cents,
            deduction_reason=why, now=now(), author=g.account.name,
        )  # fmt: skip
        withdrawal_cases.settle_if_all_is_done(session(), withdrawal, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        typed.errors["teile"] = refusal.sentence
        return page_of(_about(withdrawal_id)[0], typed), 409
    if not typed.ticked("ja"):
        return _check(withdrawal_id, typed, counted, pieces)
    session().commit()
    say("Die Erstattung ist eingetragen.")
    return redirect(url_for("backoffice.withdrawals.show", withdrawal_id=withdrawal_id), 303)


def _check(withdrawal_id: int, typed: Typed, counted: Calculation, pieces: dict[Size, int]) -> str:
    """What would happen is shown, and nothing of it is kept."""
    withdrawal, order = _about(withdrawal_id)
    told = order_money.told_now(order)
    lines = [(each.words, counted.lines.get(each.part.line.id or 0, 0), each.unsent) for each in counted.withdrawn]
    session().rollback()
    names = [name for name in typed.texts if name in ("abzug", "grund") or is_part(name)]
    return render_template(
        "backoffice/withdrawal_check.html",
        withdrawal=withdrawal,
        order=order,
        typed=typed,
        counted=counted,
        lines=lines,
        told=told,
        amount=amount,
        fields={name: typed.raw(name) for name in names} | {"ja": "ja"},
    )


def _about(withdrawal_id: int) -> tuple[Withdrawal, Order]:
    withdrawal = session().get(Withdrawal, withdrawal_id) or abort(404)
    return withdrawal, session().get(Order, withdrawal.order_id or 0) or abort(404)
