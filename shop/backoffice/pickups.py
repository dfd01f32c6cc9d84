"""Orders that are fetched: on the shelf, told or rung up, with a label for the bag."""

from typing import Any

import segno
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from markupsafe import Markup

from checkout import fulfilment, orders, pickup
from checkout.orders import Order
from checkout.shipping import PICKUP
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

blueprint = Blueprint("pickups", __name__, url_prefix="/bestellungen")

EVENTS = {
    pickup.READY: "liegt bereit",
    pickup.CALLED: "angerufen",
    pickup.REMINDER: "an die Abholung erinnert",
}


@blueprint.post("/<int:order_id>/bereit")
def make_ready(order_id: int) -> Any:
    """Note that the goods lie on a shelf; the shopper gets a letter, or is to be rung up."""
    order = _order(order_id)
    typed = Typed(request.form)
    shelf = typed.text("fach", longest=40)
    if not typed.is_valid:
        abort(422)
    pickup.make_ready(session(), order, shelf=shelf, now=now(), author=g.account.name)
    session().commit()
    say("Abholbereit. Die Kundin bekommt eine Nachricht." if order.email else "Abholbereit. Bitte rufen Sie an.")
    return redirect(url_for("backoffice.orders.show", order_id=order.id), 303)


@blueprint.post("/<int:order_id>/anruf")
def note_call(order_id: int) -> Any:
    """Note that somebody has rung the shopper up."""
    order = _order(order_id)
    pickup.note_call(session(), order, now=now(), author=g.account.name)
    session().commit()
    say("Notiert: angerufen.")
    return redirect(url_for("backoffice.orders.show", order_id=order.id), 303)


@blueprint.get("/<int:order_id>/etikett")
def label(order_id: int) -> Any:
    """The sticker for the bag: whose it is, on which shelf, what is in it; its code leads to the order's page."""
    order = _order(order_id)
    address = the_shop().settings.url + url_for("backoffice.orders.show", order_id=order.id)
    code = segno.make(address, micro=False, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return render_template(
        "backoffice/label.html",
        order=order,
        ready=pickup.ready_of(session(), order),
        lines=orders.lines_of(session(), order),
        is_paid_at_counter=fulfilment.is_paid_at_counter(order),
        code=Markup(code),  # noqa: S704  (drawn by ourselves)
    )


def facts(order: Order) -> dict[str, Any]:
    """What the page of an order says about its pickup; nothing for a parcel."""
    if order.delivery != PICKUP:
        return {"pickup_ready": None, "waits_for_pickup": False}
    return {
        "pickup_ready": pickup.ready_of(session(), order),
        "waits_for_pickup": order.state in pickup.WAITING,
        "must_be_called": pickup.must_be_called(session(), order),
        "free_shelves": pickup.free_shelves(session())[:1],
        "is_paid_at_counter": fulfilment.is_paid_at_counter(order),
    }


def _order(order_id: int) -> Order:
    return session().get(Order, order_id) or abort(404)
