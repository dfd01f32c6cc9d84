"""When a parcel was handed to the shopper: the period of withdrawal begins with the last one (§ 356 Abs. 2 BGB)."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from catalog.refusals import Refusal
from checkout import deliveries
from checkout.deliveries import Shipment
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("arrivals", __name__, url_prefix="/bestellungen/<int:order_id>/sendungen")


@blueprint.post("/<int:shipment_id>/ankunft")
def note(order_id: int, shipment_id: int) -> Any:
    """Note the day on which a parcel arrived; an empty one takes it back."""
    shipment = session().get(Shipment, shipment_id)
    if shipment is None or shipment.order_id != order_id:
        abort(404)
    typed = Typed(request.form)
    on = typed.day("ankunft")
    try:
        if not typed.is_valid:
            raise deliveries.NotThatDay(typed.errors["ankunft"])
        deliveries.note_delivered(session(), shipment, on, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        warn(refusal.sentence)
    else:
        session().commit()
        say("Der Tag der Ankunft ist notiert." if on else "Der Tag der Ankunft ist wieder offen.")
    return redirect(url_for("backoffice.orders.show", order_id=order_id, _anchor="pakete"), 303)
