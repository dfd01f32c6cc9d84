"""Recalls: who bought an unsafe article, where it came from, and what to write to everybody (Art. 35–37 GPSR)."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlmodel import select

from catalog import suppliers
from catalog.products import Product, Variant
from catalog.times import german_day
from catalog.units import Unit, format_quantity
from checkout import recalls
from checkout.recalls import Buyer
from shop import profile
from shop.backoffice.typed import Typed, begin_of, end_of
from shop.context import now, session

blueprint = Blueprint("recalls", __name__, url_prefix="/rueckruf")

_USUAL_DAYS = 3 * 365
_COLUMNS = ("Bestellung", "Bestellt am", "Artikel", "Menge", "Partie", "Name", "Firma", "E-Mail", "Telefon", "Straße",
            "PLZ", "Ort", "Land")  # fmt: skip


@blueprint.get("")
def index() -> Any:
    """The question, and who must be told."""
    typed = Typed(_usual() | {name: text for name, text in request.args.items() if text})
    sku = typed.raw("nummer")
    found = _buyers(typed)
    return render_template(
        "backoffice/recall.html",
        typed=typed,
        is_asked=bool(sku),
        unit=_unit(sku),
        buyers=found,
        receipts=suppliers.receipts(session(), sku, end_of(typed.day("bis") or german_day(now()))) if sku else [],
        since=typed.day("von"),
        until=typed.day("bis"),
        owner=profile.load(session()),
    )


@blueprint.get("/liste.csv")
def as_csv() -> Response:
    """The list as a table: for serial letters, or to work it off."""
    written = StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    rows.writerows([_harmless(cell) for cell in _cells(each)] for each in _buyers(Typed(request.args)))
    headers = {"Content-Disposition": 'attachment; filename="Rueckruf.csv"'}
    return Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _buyers(typed: Typed) -> list[Buyer]:
    sku, since, until = typed.raw("nummer"), typed.day("von"), typed.day("bis")
    if not sku or not typed.is_valid:
        return []
    today = german_day(now())
    return recalls.buyers(
        session(), sku, lot=typed.raw("partie"), since=begin_of(since or today - timedelta(days=_USUAL_DAYS)),
        until=end_of(until or today),
    )  # fmt: skip


def _unit(sku: str) -> Unit | None:
    """In what an article is sold; None for an unknown number."""
    unit = session().exec(select(Product.unit).join(Variant).where(Variant.sku == sku)).first()
    return Unit(unit) if unit else None


def _usual() -> dict[str, str]:
    today = german_day(now())
    return {"von": (today - timedelta(days=_USUAL_DAYS)).isoformat(), "bis": today.isoformat()}


def _cells(buyer: Buyer) -> list[str]:
    order = buyer.order
    lots = ", ".join(filter(None, buyer.lots))
    return [
        order.number, f"{german_day(order.placed_at):%d.%m.%Y}", buyer.name,
        format_quantity(buyer.quantity, Unit(buyer.unit)), lots, order.name, order.company,
        order.email, order.phone, order.street, order.postal_code, order.city, order.country,
    ]  # fmt: skip


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
