"""Correcting the e-mail address of an order whose letters do not arrive."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from checkout import contact
from checkout.contact import NotAnAddress
from checkout.orders import Order
from shop.backoffice.notes import say, warn
from shop.context import now, session

blueprint = Blueprint("contact", __name__, url_prefix="/bestellungen")

_UNCHANGED = "An der Adresse hat sich nichts geändert, was einen Brief bräuchte."


@blueprint.post("/<int:order_id>/adresse")
def correct(order_id: int) -> Any:
    """Write another address on the order; its letters go there."""
    order = session().get(Order, order_id) or abort(404)
    try:
        owed = contact.correct_email(
            session(), order, request.form.get("email", "")[:254], now=now(), author=g.account.name
        )
    except NotAnAddress as refusal:
        session().rollback()
        warn(refusal.sentence)
    else:
        session().commit()
        say(f"Die Adresse ist berichtigt. {_letters(owed)} in der nächsten Minute hinaus." if owed else _UNCHANGED)
    return redirect(url_for("backoffice.orders.show", order_id=order_id), 303)


def _letters(count: int) -> str:
    return "Ein Brief geht" if count == 1 else f"{count} Briefe gehen"
