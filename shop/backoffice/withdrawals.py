"""Withdrawals: what consumers have declared, and until when their money is to be paid back."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlmodel import col, select

from checkout.orders import Order
from checkout.returns import Withdrawal
from shop.backoffice.typed import whole_number
from shop.context import session

blueprint = Blueprint("withdrawals", __name__, url_prefix="/widerrufe")

PAGE = 50
PAY_BACK_WITHIN = timedelta(days=14)  # § 357 Abs. 1 BGB


@blueprint.get("")
def index() -> Any:
    """The declarations, newest first."""
    page = max(1, whole_number(request.args.get("seite", "")) or 1)
    rows = (
        session()
        .exec(
            select(Withdrawal, Order)
            .join(Order, col(Order.id) == Withdrawal.order_id, isouter=True)
            .order_by(col(Withdrawal.id).desc())
            .offset((page - 1) * PAGE)
            .limit(PAGE + 1)
        )
        .all()
    )
    return render_template(
        "backoffice/withdrawals.html", rows=rows[:PAGE], page=page, has_more=len(rows) > PAGE, within=PAY_BACK_WITHIN
    )
