"""What goes into the bag on paper: the confirmation of an order whose buyer gave no e-mail address."""

from flask import Blueprint, Response, abort

from checkout.orders import Order
from shop.context import session
from shop.papers import answers

blueprint = Blueprint("sheets", __name__, url_prefix="/bestellungen")


@blueprint.get("/<int:order_id>/bestaetigung.pdf")
def contract(order_id: int) -> Response:
    """The contract on a durable medium (§ 312f Abs. 2 BGB): order, instruction, terms, for the printer."""
    return answers.contract(session().get(Order, order_id) or abort(404))
