"""What goes into the bag on paper: the confirmation of an order whose buyer gave no e-mail address."""

from typing import Any

from flask import Blueprint, abort, render_template

from checkout import orders, redeeming
from checkout.orders import Order
from checkout.shipping import PICKUP
from shop import artwork, legal, profile
from shop.context import session, the_shop

blueprint = Blueprint("sheets", __name__, url_prefix="/bestellungen")


@blueprint.get("/<int:order_id>/bestaetigung")
def confirmation(order_id: int) -> Any:
    """The contract on a durable medium (§ 312f Abs. 2 BGB): order, instruction, terms, for the printer."""
    order = session().get(Order, order_id) or abort(404)
    method = the_shop().payments.get(order.payment)
    return render_template(
        "backoffice/confirmation.html",
        order=order,
        lines=orders.lines_of(session(), order),
        papers=legal.papers_of(session(), order),
        guarantee_notice=artwork.notice_of(session(), order.guarantee_notice),
        is_pickup=order.delivery == PICKUP,
        method=method.label if method else redeeming.label(order.payment),
        transfer=profile.load(session()).account if order.payment in ("transfer", "invoice") else None,
        country_name=legal.country_name,
        withdrawal_address=f"{the_shop().settings.url}/widerruf",
    )
