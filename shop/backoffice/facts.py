"""The facts that goods are described by: width, needle size, whatever the owner wants to tell."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from catalog import facts
from catalog.attributes import AttributeKind, AttributeType
from catalog.facts import Fact, NotAFact
from catalog.kinds import GoodsKind
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed, ticked, whole_number
from shop.context import now, session

blueprint = Blueprint("facts", __name__, url_prefix="/angaben")

FACT_KINDS = {
    AttributeKind.TEXT: "Text",
    AttributeKind.NUMBER: "Zahl",
    AttributeKind.YES_NO: "ja oder nein",
    AttributeKind.CHOICE: "Auswahl aus einer Liste",
}
_DECIMALS = (
    ("0", "ganze Zahlen (145)"),
    ("1", "eine Stelle (3,5)"),
    ("2", "zwei Stellen (2,25)"),
    ("3", "drei Stellen"),
)
_FIELDS = {"label": "name", "kind": "art", "decimals": "stellen", "choices": "auswahl"}


@blueprint.get("/neu/<int:kind_id>")
def new(kind_id: int) -> Any:
    """The form for a fact that a kind of goods is to be asked for."""
    return _page(None, _kind(kind_id), Typed({"art": AttributeKind.TEXT, "stellen": "0", "filter": "ja"}))


@blueprint.post("/neu/<int:kind_id>")
def create(kind_id: int) -> Any:
    """Add a fact to a kind of goods."""
    kind, typed = _kind(kind_id), Typed(request.form)
    fact = _read(typed)
    try:
        if typed.is_valid:
            facts.add(session(), fact, kind.key)
    except NotAFact as refusal:
        typed.errors[_FIELDS[refusal.where]] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _page(None, kind, typed), 422
    session().commit()
    say(f"Nach „{fact.label}“ wird jetzt gefragt.")
    return _back_to(kind)


@blueprint.get("/<int:fact_id>")
def edit(fact_id: int) -> Any:
    """One fact."""
    found = _fact(fact_id)
    return _page(found, _origin(), _typed_of(facts.of(found)))


@blueprint.post("/<int:fact_id>")
def save(fact_id: int) -> Any:
    """Save a fact; what articles tell of it is read again."""
    found, typed = _fact(fact_id), Typed(request.form)
    fact = _read(typed)
    try:
        if typed.is_valid:
            facts.change(session(), found, fact, now())
    except NotAFact as refusal:
        typed.errors[_FIELDS[refusal.where]] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _page(found, _origin(), typed), 422
    session().commit()
    say("Gespeichert.")
    return _back_to(_origin())


@blueprint.post("/<int:fact_id>/entfernung")
def remove(fact_id: int) -> Any:
    """Remove a fact that no article tells."""
    found = _fact(fact_id)
    try:
        facts.remove(session(), found)
    except facts.FactInUse as refusal:
        session().rollback()
        warn(refusal.sentence)
        return redirect(url_for(".edit", fact_id=fact_id), 303)
    session().commit()
    say(f"„{found.label}“ ist entfernt.")
    return _back_to(_origin())


def _fact(fact_id: int) -> AttributeType:
    return session().get(AttributeType, fact_id) or abort(404)


def _kind(kind_id: int) -> GoodsKind:
    return session().get(GoodsKind, kind_id) or abort(404)


def _origin() -> GoodsKind | None:
    """The kind whose page one came from."""
    kind_id = whole_number(request.values.get("warenart", ""))
    return session().get(GoodsKind, kind_id) if kind_id is not None else None


def _back_to(kind: GoodsKind | None) -> Any:
    address = url_for("backoffice.kinds.edit", kind_id=kind.id) if kind else url_for("backoffice.kinds.index")
    return redirect(address, 303)


def _read(typed: Typed) -> Fact:
    return Fact(
        label=typed.raw("name"),
        kind=typed.choice("art", AttributeKind, AttributeKind.TEXT),
        unit=typed.text("einheit", longest=20),
        decimals=typed.number("stellen", 0, 3) or 0,
        choices=tuple(typed.raw("auswahl").splitlines()),
        is_filter=typed.ticked("filter"),
    )


def _typed_of(fact: Fact) -> Typed:
    return Typed(
        {
            "name": fact.label,
            "art": fact.kind,
            "einheit": fact.unit,
            "stellen": str(fact.decimals),
            "auswahl": "\n".join(fact.choices),
            "filter": ticked(fact.is_filter),
        }
    )


def _page(found: AttributeType | None, kind: GoodsKind | None, typed: Typed) -> str:
    return render_template(
        "backoffice/fact.html",
        fact=found,
        kind=kind,
        count=facts.counts(session()).get(found.id or 0, 0) if found else 0,
        fact_kinds=FACT_KINDS,
        decimals=_DECIMALS,
        typed=typed,
    )
