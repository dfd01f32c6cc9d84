"""Articles: the list, and the page of one with everything about it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import attributes, categories, duties, editing, kinds, makers, products, readiness
from catalog.categories import Category
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Product, Variant, VariantOption
from catalog.refusals import Refusal
from shop.backoffice import drafts, duties_form, maker_form, product_form, words
from shop.backoffice.notes import say, warn
from shop.backoffice.product_list import Show, listed
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("products", __name__, url_prefix="/artikel")


@blueprint.get("")
def index() -> Any:
    """The list of articles, searched and paged."""
    wanted = request.args.get("q", "").strip()[:100]
    show = Show(request.args["zeigen"]) if request.args.get("zeigen") in list(Show) else Show.ALL
    found = listed(session(), wanted, show, request.args.get("seite", 1, type=int))
    finished = drafts.finished_count() if show is Show.DRAFTS else 0
    return render_template(
        "backoffice/products.html", found=found, q=wanted, show=show, Show=Show, finished=finished, words=words
    )


@blueprint.get("/<int:product_id>")
def edit(product_id: int) -> Any:
    """Everything about one article."""
    product = _product(product_id)
    facts = editing.facts_of(session(), product)
    return _page(product, product_form.typed_of(facts), editing.fingerprint(facts))


@blueprint.post("/<int:product_id>")
def save(product_id: int) -> Any:
    """Save the facts of an article; where two people did so at once, the second one is asked."""
    product = _product(product_id)
    typed = Typed(request.form)
    new_maker = typed.text("hersteller-neu", longest=120)
    maker_data = maker_form.read(typed, maker_form.INSIDE) if new_maker else {}
    facts = product_form.read(typed, kinds.of(session()), attributes.types(session()), _ids(Category), _ids(Maker))
    seen = typed.raw("gesehen")
    if not typed.is_valid:
        session().rollback()
        return _page(product, typed, seen), 422
    if new_maker:
        facts = replace(facts, maker_id=maker_form.keep(session(), new_maker, maker_data, now()))
    try:
        editing.change(session(), product, facts, seen=seen, now=now(), author=g.account.name)
    except Refusal as refusal:
        session().rollback()
        return _refused(product, typed, seen, refusal)
    drafts.withdraw_incomplete([product_id])
    session().commit()
    say("Gespeichert.")
    if typed.raw("dann") == "hersteller" and facts.maker_id:
        return redirect(url_for("backoffice.makers.edit", maker_id=facts.maker_id, artikel=product_id), 303)
    return redirect(url_for("backoffice.products.edit", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/veroeffentlichung")
def publish(product_id: int) -> Any:
    """Show the article in the shop, if nothing is missing."""
    try:
        readiness.publish(session(), _product(product_id), now())
    except readiness.NotReady:
        session().rollback()
        warn("Noch nicht veröffentlicht: Oben steht, was noch fehlt.")
    else:
        session().commit()
        say("Der Artikel ist jetzt im Laden zu sehen.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/entwurf")
def unpublish(product_id: int) -> Any:
    """Take the article out of the shop; nothing about it is lost."""
    products.unpublish(session(), _product(product_id), now())
    session().commit()
    say("Der Artikel ist jetzt ein Entwurf und im Laden nicht mehr zu sehen.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id), 303)


def _product(product_id: int) -> Product:
    return session().get(Product, product_id) or abort(404)


def _ids(table: Any) -> list[int]:
    return list(session().exec(select(table.id)).all())


def _page(product: Product, typed: Typed, seen: str, stored: Any = None) -> str:
    """The page of an article; `stored` are the texts that somebody else has saved meanwhile."""
    kind, unit = typed.raw("art"), typed.raw("einheit")
    known = kinds.find(session(), kind)
    types = [
        fact for fact in attributes.types(session()) if kind in fact.goods.split() or typed.raw(f"merkmal-{fact.key}")
    ]
    maker = session().get(Maker, product.maker_id) if product.maker_id else None
    return render_template(
        "backoffice/product.html",
        product=product,
        typed=typed,
        seen=seen,
        stored=stored or {},
        types=types,
        is_textile=known is not None and known.is_textile,
        gaps=readiness.missing(session(), product),
        hints=readiness.hints(session(), product),
        pictures=_pictures(product),
        rows=_variants(product),
        tree=categories.tree(session()),
        maker=maker,
        maker_gaps=makers.missing(maker) if maker else [],
        makers=makers.by_name(session()),
        kinds=[(each.key, each.label) for each in kinds.of(session())],
        unit=unit if unit in words.UNITS else product.unit,
        words=words,
        duty_fields=duties_form.FIELDS,
        duty_words=duties_form.in_words(duties.of(product)),
        is_new="neu" in request.args,
    )


def _refused(product: Product, typed: Typed, seen: str, refusal: Refusal) -> Any:
    if not isinstance(refusal, editing.EditedMeanwhile):
        typed.errors[product_form.field_of(refusal)] = refusal.sentence
        return _page(product, typed, seen), 422
    typed.errors["gesehen"] = refusal.sentence
    facts = editing.facts_of(session(), product)
    stored = product_form.differences(typed, product_form.typed_of(facts))
    return _page(product, typed, editing.fingerprint(facts), stored), 409


def _pictures(product: Product) -> list[Picture]:
    rows = select(Picture).where(Picture.product_id == product.id).order_by(col(Picture.position), col(Picture.id))
    return list(session().exec(rows).all())


def _variants(product: Product) -> list[tuple[Variant, list[VariantOption]]]:
    """The variants with their options, in two queries also for two hundred colours."""
    rows = session().exec(
        select(Variant).where(Variant.product_id == product.id).order_by(col(Variant.position), col(Variant.id))
    )
    found = list(rows.all())
    options = session().exec(
        select(VariantOption)
        .where(col(VariantOption.variant_id).in_([each.id for each in found]))
        .order_by(col(VariantOption.position))
    )
    of: dict[int | None, list[VariantOption]] = {}
    for option in options.all():
        of.setdefault(option.variant_id, []).append(option)
    return [(each, of.get(each.id, [])) for each in found]
