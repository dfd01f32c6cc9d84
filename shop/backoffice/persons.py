"""Rights of persons at the owner's desk: what is known of somebody, handed out, erased; the locked archive."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlmodel import SQLModel

from catalog.times import german_day
from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.returns import Withdrawal
from shop import processors, profile
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.formats import german_date
from shop.personal import archive, deeds, erasure, export, handing_out, identity
from shop.personal.identity import Person

blueprint = Blueprint("persons", __name__, url_prefix="/datenschutz")

_CAN_BE_LOCKED: dict[str, type[SQLModel]] = {"order_id": Order, "withdrawal_id": Withdrawal}
_NOBODY = "Davon ist im Laden nichts bekannt. Bitte prüfen Sie die Schreibweise."


@blueprint.post("/person")
def find() -> Any:
    """What is known of somebody. A form's answer, not an address: it would stand in the browser's history."""
    typed = Typed(request.form)
    person = _person(typed)
    if person is None:
        return render_template("backoffice/person_search.html", typed=typed), 422
    return _page(person)


@blueprint.get("/person")
def search() -> Any:
    """The field to ask with."""
    return render_template("backoffice/person_search.html", typed=Typed())


@blueprint.post("/person/auskunft")
def hand_out() -> Any:
    """Everything as one file: JSON for machines, PDF for people. That it was handed out is noted."""
    person = _person(Typed(request.form)) or abort(404)
    made = handing_out.prepare(session(), person, the_shop(), now())
    deeds.note(
        session(), deeds.EXPORT, person.asked_for, the_shop().settings.secret_key, export.counts(made.found),
        now=now(), author=g.account.name,
    )  # fmt: skip
    session().commit()
    form = "pdf" if request.form.get("form") == "pdf" else "json"
    content = made.pdf() if form == "pdf" else made.json().encode()
    name = f"auskunft-{german_day(now())}.{form}"
    answer = Response(content, mimetype=f"application/{form}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/person/loeschung")
def erase() -> Any:
    """Forget a person, after the owner has read what becomes of it and ticked that she wants it."""
    typed = Typed(request.form)
    person = _person(typed) or abort(404)
    if not typed.ticked("wirklich"):
        typed.errors["wirklich"] = "Bitte setzen Sie das Häkchen, wenn Sie wirklich löschen wollen."
        return _page(person, typed), 422
    shop = the_shop()
    erased = erasure.erase(session(), person, shop.settings.secret_key, now=now(), author=g.account.name)
    others = processors.of(session(), profile.load(session()), shop.settings, shop.payments)
    session().commit()
    erasure.remove_letter_files(shop.settings.mail, erased.letters)
    return render_template("backoffice/person_erased.html", erased=erased, others=others)


@blueprint.get("/archiv")
def index() -> Any:
    """The orders that are only kept for the law."""
    return render_template("backoffice/archive.html", rows=archive.locked_orders(session()), typed=Typed())


@blueprint.post("/archiv/<int:order_id>")
def look(order_id: int) -> Any:
    """One of them, for a reason that is written down."""
    order = session().get(Order, order_id)
    if order is None or not archive.is_locked(session(), order_id):
        abort(404)
    typed = Typed(request.form)
    reason = typed.text("grund", required="Bitte schreiben Sie, warum Sie hineinsehen müssen.", longest=300)
    if not typed.is_valid:
        rows = archive.locked_orders(session())
        return render_template("backoffice/archive.html", rows=rows, typed=typed, wanted=order_id), 422
    archive.look(session(), order_id, reason=reason, now=now(), author=g.account.name)
    found = export.collect(session(), identity.of_order(session(), order))
    looks = archive.looks(session(), order_id)
    session().commit()
    told = export.listed(found)
    return render_template("backoffice/archive_order.html", order=order, told=told, looks=looks)


def keep_locked_out() -> Any:
    """No other page of the backoffice opens what is locked: whoever follows an old link is led to the archive."""
    asked = request.view_args or {}
    if (request.endpoint or "").startswith("backoffice.persons."):
        return None
    locked = [name for name, table in _CAN_BE_LOCKED.items() if name in asked and _is_locked(table, asked[name])]
    if "invoice_id" in asked:
        invoice = session().get(Invoice, asked["invoice_id"])
        locked += ["invoice"] if invoice is not None and _is_locked(Order, invoice.order_id) else []
    if not locked:
        return None
    say("Das steht nur noch im gesperrten Archiv.")
    return redirect(url_for("backoffice.persons.index"), 303)


def _is_locked(table: type[SQLModel], row_id: int) -> bool:
    return archive.is_locked(session(), row_id, table)


def _person(typed: Typed) -> Person | None:
    """Who is asked for; None for nobody, with the sentence beside the field."""
    text = typed.text("wer", required="Bitte nennen Sie E-Mail-Adresse, Bestellnummer oder Telefon.", longest=254)
    person = identity.find(session(), text, the_shop().settings.secret_key) if text else None
    if person is None or not person.is_known:
        typed.errors.setdefault("wer", _NOBODY)
        return None
    return person


def _page(person: Person, typed: Typed | None = None) -> str:
    key = the_shop().settings.secret_key
    return render_template(
        "backoffice/person.html",
        person=person,
        typed=typed or Typed(),
        found=export.collect(session(), person),
        obstacles=erasure.why_not(session(), person, now()),
        before=[(each.kind, german_date(each.done_at)) for each in deeds.about(session(), person.asked_for, key)],
    )
