"""Orders without tax in them: the buyer's VAT number that the owner has had confirmed, and the proof of an export."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from catalog.refusals import Refusal
from checkout import tax_proofs
from checkout.orders import Order
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("trade", __name__, url_prefix="/bestellungen/<int:order_id>/steuer")

EVENTS = {
    f"proof_{tax_proofs.VAT_ID}": "USt-IdNr. bestätigt",
    f"proof_{tax_proofs.LEFT_THE_EU}": "Ausfuhr nachgewiesen",
}
_DONE = {tax_proofs.VAT_ID: "Die Bestätigung ist notiert.", tax_proofs.LEFT_THE_EU: "Der Ausfuhrnachweis ist notiert."}


@blueprint.post("/<kind>")
def note(order_id: int, kind: str) -> Any:
    """Note a proof with its day."""
    order = session().get(Order, order_id)
    if order is None or kind not in _DONE:
        abort(404)
    typed = Typed(request.form)
    on, words = typed.day("nachweis"), typed.text("beleg", longest=200)
    try:
        if on is None or not typed.is_valid:
            raise tax_proofs.NotThatDay(next(iter(typed.errors.values()), "Bitte nennen Sie den Tag des Nachweises."))
        tax_proofs.note(session(), order, kind, on, words, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        warn(refusal.sentence)
    else:
        session().commit()
        say(_DONE[kind])
    return redirect(url_for("backoffice.orders.show", order_id=order_id, _anchor="steuer"), 303)


def facts(order: Order) -> dict[str, Any]:
    """What an order's page says about its buyer's business and about tax that it goes without."""
    proofs = tax_proofs.of(session(), order)
    return {
        "vat_proofs": [each for each in proofs if each.kind == tax_proofs.VAT_ID],
        "export_proofs": [each for each in proofs if each.kind == tax_proofs.LEFT_THE_EU],
    }
