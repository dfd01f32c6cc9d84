"""Kinds of goods: what the shop sells, and which facts each kind is asked for."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import select

from catalog import attributes, facts, kinds
from catalog.attributes import AttributeType
from catalog.kinds import GoodsKind
from catalog.products import Product
from catalog.refusals import Refusal
from catalog.units import Unit
from shop.backoffice import drafts, words
from shop.backoffice.facts import FACT_KINDS
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed, ticked, whole_number
from shop.context import session

blueprint = Blueprint("kinds", __name__, url_prefix="/warenarten")


@blueprint.get("")
def index() -> Any:
    """All kinds with what they are asked for, and the form for a new one."""
    return _index(Typed({"einheit": Unit.PIECE}))


@blueprint.post("")
def create() -> Any:
    """Add a kind."""
    typed = Typed(request.form)
    unit = typed.choice("einheit", Unit, Unit.PIECE)
    try:
        kind = kinds.add(session(), typed.raw("name"), unit=unit, is_textile=typed.ticked("textil"))
    except kinds.NotAKind as refusal:
        typed.errors["name"] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _index(typed), 422
    session().commit()
    say(f"„{kind.label}“ ist angelegt. Wählen Sie nun, wonach gefragt wird.")
    return _back_to(kind)


@blueprint.get("/<int:kind_id>")
def edit(kind_id: int) -> Any:
    """One kind: its name, and the facts that it is asked for."""
    kind = _kind(kind_id)
    return _page(kind, Typed({"name": kind.label, "einheit": kind.unit, "textil": ticked(kind.is_textile)}))


@blueprint.post("/<int:kind_id>")
def save(kind_id: int) -> Any:
    """Save what a kind is called and how it is sold; articles that now lack their fibres become drafts."""
    kind, typed = _kind(kind_id), Typed(request.form)
    unit = typed.choice("einheit", Unit, Unit.PIECE)
    try:
        kinds.change(session(), kind, label=typed.raw("name"), unit=unit, is_textile=typed.ticked("textil"))
    except kinds.NotAKind as refusal:
        typed.errors["name"] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _page(kind, typed), 422
    drafts.withdraw_incomplete(_articles_of(kind))
    session().commit()
    say("Gespeichert.")
    return _back_to(kind)


@blueprint.post("/<int:kind_id>/entfernung")
def remove(kind_id: int) -> Any:
    """Remove a kind that no article has."""
    kind = _kind(kind_id)
    try:
        kinds.remove(session(), kind)
    except kinds.KindInUse as refusal:
        return _refused(kind, refusal)
    session().commit()
    say(f"„{kind.label}“ ist entfernt.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:kind_id>/angaben")
def ask(kind_id: int) -> Any:
    """Ask a kind for one of the facts that there are."""
    kind = _kind(kind_id)
    fact_id = whole_number(request.form.get("angabe", ""))
    if fact_id is None:
        warn("Bitte wählen Sie zuerst eine Angabe aus der Liste.")
        return _back_to(kind)
    facts.ask(session(), _fact(fact_id), kind.key, asked=True)
    session().commit()
    return _back_to(kind)


@blueprint.post("/<int:kind_id>/angaben/<int:fact_id>/entfernung")
def stop_asking(kind_id: int, fact_id: int) -> Any:
    """Ask a kind for a fact no longer; what articles tell already stays."""
    kind, fact = _kind(kind_id), _fact(fact_id)
    facts.ask(session(), fact, kind.key, asked=False)
    session().commit()
    say(f"Nach „{fact.label}“ wird hier nicht mehr gefragt.")
    return _back_to(kind)


@blueprint.post("/<int:kind_id>/angaben/<int:fact_id>/platz")
def move(kind_id: int, fact_id: int) -> Any:
    """Move a fact one place up or down."""
    kind, fact = _kind(kind_id), _fact(fact_id)
    if kind.key not in fact.goods.split():
        abort(404)
    facts.move(session(), fact, kind.key, later=request.form.get("richtung") == "zurueck")
    session().commit()
    return _back_to(kind)


def _kind(kind_id: int) -> GoodsKind:
    return session().get(GoodsKind, kind_id) or abort(404)


def _articles_of(kind: GoodsKind) -> list[int]:
    found = session().exec(select(Product.id).where(Product.kind == kind.key)).all()
    return [each for each in found if each is not None]


def _fact(fact_id: int) -> AttributeType:
    return session().get(AttributeType, fact_id) or abort(404)


def _back_to(kind: GoodsKind) -> Any:
    return redirect(url_for("backoffice.kinds.edit", kind_id=kind.id), 303)


def _refused(kind: GoodsKind, refusal: Refusal) -> Any:
    session().rollback()
    warn(refusal.sentence)
    return _back_to(kind)


def _index(typed: Typed) -> str:
    every = attributes.types(session())
    return render_template(
        "backoffice/kinds.html",
        kinds=kinds.of(session()),
        counts=kinds.counts(session()),
        asked={
            kind.key: [each.label for each in every if kind.key in each.goods.split()] for kind in kinds.of(session())
        },
        loose=[each for each in every if not each.goods.split()],
        units=words.USUAL_UNITS,
        typed=typed,
    )


def _page(kind: GoodsKind, typed: Typed) -> str:
    every = attributes.types(session())
    return render_template(
        "backoffice/kind.html",
        kind=kind,
        asked=[each for each in every if kind.key in each.goods.split()],
        others=[(each.id, each.label) for each in every if kind.key not in each.goods.split()],
        count=kinds.counts(session()).get(kind.key, 0),
        fact_kinds=FACT_KINDS,
        units=words.USUAL_UNITS,
        typed=typed,
    )
