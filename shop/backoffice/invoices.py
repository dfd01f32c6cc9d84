"""Invoices: the list of all documents, those that are missing, and wrong data put right."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from catalog.vat import OTHER_EU
from checkout import invoices, invoicing
from checkout.documents import TITLES, Kind, Party
from checkout.invoice_terms import Terms
from checkout.invoices import Invoice
from checkout.orders import Order
from shop import invoice_files, invoice_terms, legal
from shop.backoffice import invoice_list
from shop.backoffice.invoice_list import Wanted
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

blueprint = Blueprint("invoices", __name__, url_prefix="/rechnungen")

_BUYER = {
    "firma": "company", "name": "name", "strasse": "street", "plz": "postal_code", "ort": "city", "land": "country",
    "ustid": "vat_id",
}  # fmt: skip
_COUNTRIES = ("DE", *sorted(OTHER_EU), "CH", "LI", "NO", "GB", "US")
_AT_ONCE = 100


@blueprint.get("")
def index() -> Any:
    """The documents that are looked for, newest first."""
    wanted = _wanted()
    found = invoice_list.listed(session(), wanted, request.args.get("seite", 1, type=int))
    missing = invoicing.without(session(), _AT_ONCE + 1)
    return render_template(
        "backoffice/invoices.html",
        found=found,
        wanted=wanted,
        totals=invoice_list.totals(session(), wanted),
        months=invoice_list.months(session()),
        titles=TITLES,
        kinds=list(Kind),
        missing=missing,
        lacking=_terms().missing,
        at_once=_AT_ONCE,
        args={name: value for name, value in request.args.items() if name != "seite"},
    )


@blueprint.get("/<int:invoice_id>.<form>")
def file(invoice_id: int, form: str) -> Any:
    """A document as a file."""
    if form not in invoice_files.MIMETYPES or session().get(Invoice, invoice_id) is None:
        abort(404)
    try:
        paper = invoice_files.get(the_shop(), invoice_id, form)
    except Refusal as refusal:
        warn(refusal.sentence)
        return redirect(url_for(".index"), 303)
    return handed_out(paper)


def handed_out(paper: invoice_files.Paper) -> Response:
    """A file as an answer: PDFs are shown, the rest is saved."""
    how = "inline" if paper.mimetype == "application/pdf" else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{paper.file_name}"'}
    return Response(paper.content, mimetype=paper.mimetype, headers=headers)


@blueprint.post("/ausstellen")
def issue_all() -> Any:
    """Write the invoices of orders that left without one: of one order, or of all, some at a time."""
    wanted = request.form.get("bestellung", type=int)
    orders = [_order(wanted)] if wanted else invoicing.without(session(), _AT_ONCE)
    try:
        made = [invoicing.issue(session(), each, _terms(), now=now(), author=g.account.name) for each in orders]
    except Refusal as refusal:
        session().rollback()
        warn(refusal.sentence)
        return _back(wanted)
    session().commit()
    if made:
        say("Die Rechnung ist ausgestellt." if len(made) == 1 else f"{len(made)} Rechnungen sind ausgestellt.")
    return _back(wanted)


@blueprint.get("/<int:invoice_id>/berichtigen")
def form(invoice_id: int) -> Any:
    """To whom the invoice should have gone."""
    invoice = _standing(invoice_id)
    buyer = invoice.content.buyer
    return _form(invoice, Typed({name: getattr(buyer, field) for name, field in _BUYER.items()}))


@blueprint.post("/<int:invoice_id>/berichtigen")
def rectify(invoice_id: int) -> Any:
    """Cancel it and write a new one."""
    invoice = _standing(invoice_id)
    typed = Typed(request.form)
    buyer = _buyer(invoice.content.buyer, typed)
    reason = typed.text("grund", required="Bitte schreiben Sie kurz, was falsch war. Es steht auf der Stornorechnung.")
    if not typed.is_valid:
        return _form(invoice, typed), 422
    order = _order(invoice.order_id)
    try:
        made = invoicing.rectify(
            session(), order, buyer, _terms(), reason=reason, now=now(), author=g.account.name
        )  # fmt: skip
    except Refusal as refusal:
        session().rollback()
        typed.errors["name"] = refusal.sentence
        return _form(invoice, typed), 409
    session().commit()
    if made:
        say(f"{invoice.number} ist storniert, die neue Rechnung hat die Nummer {made[-1].number}.")
    else:
        say("Es hat sich nichts geändert.")
    return _back(order.id)


def facts(order: Order) -> dict[str, Any]:
    """What an order's page says about its documents."""
    every = invoices.of(session(), order)
    chain = invoices.standing(session(), order)
    return {
        "invoices": every,
        "invoice_titles": TITLES,
        "standing_invoice": chain[0] if chain else None,
        "wants_invoice": not chain and invoicing.is_due(session(), order),
        "invoice_lacks": "" if every else _terms().missing,
    }


def _buyer(before: Party, typed: Typed) -> Party:
    typed.text("name", required="Bitte nennen Sie den Namen.", longest=100)
    typed.text("strasse", required="Bitte nennen Sie Straße und Hausnummer.", longest=120)
    typed.text("plz", required="Bitte nennen Sie die Postleitzahl.", longest=12)
    typed.text("ort", required="Bitte nennen Sie den Ort.", longest=80)
    typed.text("firma", longest=100)
    typed.text("ustid", longest=20)
    typed.one_of("land", _COUNTRIES, "DE")
    return replace(before, **{field: typed.raw(name) for name, field in _BUYER.items()})


def _form(invoice: Invoice, typed: Typed) -> str:
    countries = sorted(((code, legal.country_name(code)) for code in _COUNTRIES), key=lambda each: each[1])
    return render_template(
        "backoffice/invoice_rectify.html", invoice=invoice, typed=typed, countries=countries,
        order=_order(invoice.order_id),
    )  # fmt: skip


def _standing(invoice_id: int) -> Invoice:
    """An invoice that may still be put right; 404 for all others."""
    invoice = session().get(Invoice, invoice_id) or abort(404)
    chain = invoices.standing(session(), _order(invoice.order_id))
    if not chain or chain[0].id != invoice.id:
        abort(404)
    return invoice


def _order(order_id: int) -> Order:
    return session().get(Order, order_id) or abort(404)


def _back(order_id: int | None) -> Any:
    if order_id:
        return redirect(url_for("backoffice.orders.show", order_id=order_id, _anchor="rechnung"), 303)
    return redirect(url_for(".index"), 303)


def _terms() -> Terms:
    return invoice_terms.reader(the_shop().payments)(session())


def _wanted() -> Wanted:
    kind = request.args.get("art", "")
    return Wanted(
        request.args.get("q", "").strip()[:100],
        _month(request.args.get("monat", "")),
        Kind(kind) if kind in list(Kind) else None,
    )


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  (a month has no time zone)
    except ValueError:
        return None
