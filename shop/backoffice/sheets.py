"""What goes into the bag on paper: the confirmation of an order whose buyer gave no e-mail address."""

from flask import Blueprint, Response, abort

from checkout.orders import Order
from shop import profile, themes
from shop.context import session, the_shop
from shop.papers import answers, confirmation

blueprint = Blueprint("sheets", __name__, url_prefix="/bestellungen")


@blueprint.get("/<int:order_id>/bestaetigung.pdf")
def contract(order_id: int) -> Response:
    """The contract on a durable medium (§ 312f Abs. 2 BGB): order, instruction, terms, for the printer."""
    order = session().get(Order, order_id) or abort(404)
    shop = the_shop()
    told = confirmation.read(
        session(), order, payments=shop.payments, url=shop.settings.url, pictures=shop.settings.artwork
    )
    folders = themes.chain(shop.settings.themes, shop.settings.theme)
    paper = confirmation.write(told, owner=profile.load(session()), themes=folders)
    return answers.pdf(paper, confirmation.file_name(order))
