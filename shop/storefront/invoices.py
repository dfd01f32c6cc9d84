"""The buyer's invoices, behind the secret link of her order."""

from flask import Blueprint, Response, abort
from sqlmodel import select

from checkout.invoices import Invoice
from shop import guards, invoice_files
from shop.context import session, the_shop
from shop.storefront.visitor import keep_private

blueprint = Blueprint("invoices", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/bestellung/<token>/<number>.pdf")
def show(token: str, number: str) -> Response:
    """An invoice, cancellation or correction of this order; 404 for any other."""
    order = guards.order_of(token)
    mine = select(Invoice.id).where(Invoice.order_id == order.id, Invoice.number == number)
    invoice_id = session().exec(mine).first() or abort(404)
    paper = invoice_files.get(the_shop(), invoice_id, "pdf")
    headers = {"Content-Disposition": f'inline; filename="{paper.file_name}"', "Referrer-Policy": "same-origin"}
    return Response(paper.content, mimetype=paper.mimetype, headers=headers)
