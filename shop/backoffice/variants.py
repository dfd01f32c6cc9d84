"""Variants of an article: colour and size, price and its steps, measures, reductions."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import editing, prices, variants
from catalog.editing import VariantFacts
from catalog.prices import Reduction
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.units import Unit
from shop.backoffice import drafts, variant_form, words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, begin_of, end_of
from shop.context import now, session

blueprint = Blueprint("variants", __name__)


@blueprint.get("/artikel/<int:product_id>/varianten/neu")
def new(product_id: int) -> Any:
    """The form of another variant; price, content and weight are those of the last one."""
    product = session().get(Product, product_id) or abort(404)
    last = (
        session()
        .exec(select(Variant).where(Variant.product_id == product_id).order_by(col(Variant.position).desc()))
        .first()
    )
    facts = editing.variant_facts_of(session(), last) if last else VariantFacts(sku="", price_cents=0)
    return _new_page(product, variant_form.typed_for_next(facts, product.unit))


@blueprint.post("/artikel/<int:product_id>/varianten")
def create(product_id: int) -> Any:
    """Add a variant with its first stock."""
    product = session().get(Product, product_id) or abort(404)
    typed = Typed(request.form)
    facts = variant_form.read(typed, Unit(product.unit))
    on_hand = typed.quantity("bestand", Unit(product.unit))
    if facts.sku:
        typed.by_rule("nummer", lambda text: editing.check_sku(session(), text))
    if typed.is_valid:
        try:
            variants.add_with(session(), product, facts, on_hand=on_hand or 0, now=now(), author=g.account.name)
        except Refusal as refusal:
            session().rollback()
            typed.errors[variant_form.field_of(refusal)] = refusal.sentence
    if not typed.is_valid:
        return _new_page(product, typed), 422
    drafts.withdraw_incomplete([product_id])
    session().commit()
    say("Die Variante ist angelegt.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id, _anchor="varianten"), 303)


@blueprint.get("/varianten/<int:variant_id>")
def edit(variant_id: int) -> Any:
    """One variant: its facts, stock and price."""
    variant = _variant(variant_id)
    facts = editing.variant_facts_of(session(), variant)
    return _page(variant, variant_form.typed_of(facts, _unit(variant)), editing.fingerprint(facts))


@blueprint.post("/varianten/<int:variant_id>")
def save(variant_id: int) -> Any:
    """Save the facts of a variant."""
    variant = _variant(variant_id)
    typed = Typed(request.form)
    seen = typed.raw("gesehen")
    facts = variant_form.read(typed, _unit(variant))
    if typed.is_valid:
        try:
            editing.change_variant(session(), variant, facts, seen=seen, now=now(), author=g.account.name)
        except Refusal as refusal:
            session().rollback()
            typed.errors[variant_form.field_of(refusal)] = refusal.sentence
    if not typed.is_valid:
        stands = editing.fingerprint(editing.variant_facts_of(session(), variant))
        return _page(variant, typed, stands if "gesehen" in typed.errors else seen), 422
    drafts.withdraw_incomplete([variant.product_id])
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".edit", variant_id=variant_id), 303)


@blueprint.post("/varianten/<int:variant_id>/reduzierung")
def reduce(variant_id: int) -> Any:
    """Reduce the price for a time."""
    variant = _variant(variant_id)
    typed = Typed(request.form)
    cents = typed.cents("reduziert", required="Bitte tragen Sie den reduzierten Preis ein.")
    first, last = typed.day("von"), typed.day("bis")
    if typed.is_valid and cents is not None:
        try:
            prices.reduce(
                session(),
                variant,
                cents,
                starts_at=begin_of(first) if first else now(),
                ends_at=end_of(last) if last else None,
                now=now(),
                author=g.account.name,
            )
        except prices.NotAReduction as refusal:
            session().rollback()
            typed.errors["reduziert"] = refusal.sentence
    if not typed.is_valid:
        return _page_again(variant, typed), 422
    session().commit()
    say("Der Preis ist reduziert.")
    return redirect(url_for(".edit", variant_id=variant_id, _anchor="reduzierung"), 303)


@blueprint.post("/varianten/<int:variant_id>/reduzierung/ende")
def end_reduction(variant_id: int) -> Any:
    """End the running and coming reductions now."""
    prices.end_reduction(session(), _variant(variant_id), at=now(), now=now())
    session().commit()
    say("Die Reduzierung ist beendet.")
    return redirect(url_for(".edit", variant_id=variant_id, _anchor="reduzierung"), 303)


def _variant(variant_id: int) -> Variant:
    return session().get(Variant, variant_id) or abort(404)


def _unit(variant: Variant) -> Unit:
    return Unit(session().get_one(Product, variant.product_id).unit)


def _page_again(variant: Variant, typed: Typed) -> str:
    """The page with the small form as typed and the large one as it stands."""
    facts = editing.variant_facts_of(session(), variant)
    stands = variant_form.typed_of(facts, _unit(variant))
    again = Typed({**stands.texts, **typed.texts})
    again.errors = typed.errors
    return _page(variant, again, editing.fingerprint(facts))


def _page(variant: Variant, typed: Typed, seen: str) -> str:
    variant_id = variant.id or 0
    return render_template(
        "backoffice/variant.html",
        variant=variant,
        product=session().get_one(Product, variant.product_id),
        typed=typed,
        seen=seen,
        current=prices.current(session(), [variant_id], now())[variant_id],
        reference=prices.reference_of_a_reduction(session(), variant_id, 0, now()),  # however low it will be
        reductions=_open_reductions(variant_id),
        moment=now(),
        one_second=timedelta(seconds=1),
        words=words,
        step_rows=variant_form.step_rows(typed),
    )


def _new_page(product: Product, typed: Typed) -> str:
    return render_template(
        "backoffice/variant_new.html",
        product=product,
        typed=typed,
        step_rows=variant_form.step_rows(typed),
        words=words,
    )


def _open_reductions(variant_id: int) -> list[Reduction]:
    rows = (
        session()
        .exec(select(Reduction).where(Reduction.variant_id == variant_id).order_by(col(Reduction.starts_at)))
        .all()
    )
    return [each for each in rows if each.ends_at is None or each.ends_at > now()]
