"""Articles: the list, a new one in a minute, and the page of one with everything about it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import attributes, categories, editing, makers, products, readiness, variants
from catalog.categories import Category
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Kind, Product, Variant, VariantOption
from catalog.units import Unit
from shop.backoffice import product_form, uploads, words
from shop.backoffice.notes import say, warn
from shop.backoffice.product_list import Show, listed
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("products", __name__, url_prefix="/artikel")


@blueprint.get("")
def index() -> Any:
    """The list of articles, searched and paged."""
    wanted = request.args.get("q", "").strip()[:100]
    show = Show(request.args["zeigen"]) if request.args.get("zeigen") in list(Show) else Show.ALL
    found = listed(session(), wanted, show, request.args.get("seite", 1, type=int))
    return render_template("backoffice/products.html", found=found, q=wanted, show=show, Show=Show)


@blueprint.get("/neu")
def new() -> Any:
    """The short form with which an article begins; kind, category and tax are those of the last one."""
    last = session().exec(select(Product).order_by(col(Product.id).desc()).limit(1)).first()
    return _new_page(_like(last))


@blueprint.post("")
def create() -> Any:
    """Add an article as a draft, with one variant and the photographs that came along."""
    typed = Typed(request.form)
    unit = typed.choice("einheit", Unit, Unit.PIECE)
    kind = typed.choice("art", Kind, Kind.OTHER)
    name = typed.text("name", required=product_form.NO_NAME)
    cents = typed.cents("preis", required="Bitte tragen Sie den Preis ein, zum Beispiel 12,90.")
    on_hand = typed.quantity("bestand", unit)
    sku = typed.text("nummer", longest=80)
    if sku:
        typed.by_rule("nummer", lambda text: editing.check_sku(session(), text))
    if not typed.is_valid or cents is None:
        return _new_page(typed), 422
    minimum, step = (50, 10) if unit is Unit.LENGTH else (1, 1)
    product = products.add(session(), name=name, now=now(), unit=unit, kind=kind, minimum=minimum, step=step)
    product_id = product.id or 0
    variants.add(
        session(),
        product,
        sku=sku or _free_sku(product_id),
        price_cents=cents,
        on_hand=on_hand or 0,
        counts_stock=on_hand is not None,
        now=now(),
        author=g.account.name,
    )
    category_id = whole_number(typed.raw("kategorie"))
    category = session().get(Category, category_id) if category_id is not None else None
    if category is not None and category.id is not None:
        products.place_in(session(), product_id, [category.id], now())
    session().commit()
    uploads.keep_pictures(request.files.getlist("bilder"), product_id)
    say("Der Artikel ist als Entwurf gespeichert. Ergänzen Sie nun, was noch fehlt.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id), 303)


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
    facts = product_form.read(
        typed,
        attributes.types(session()),
        list(session().exec(select(Category.id)).all()),  # type: ignore[arg-type]
        list(session().exec(select(Maker.id)).all()),  # type: ignore[arg-type]
    )
    seen = typed.raw("gesehen")
    if not typed.is_valid:
        session().rollback()
        return _page(product, typed, seen), 422
    if new_maker:
        facts = replace(facts, maker_id=makers.named(session(), new_maker).id)
    try:
        editing.change(session(), product, facts, seen=seen, now=now())
    except (editing.EditedMeanwhile, editing.NotThisUnit) as refusal:
        session().rollback()
        return _refused(product, typed, seen, refusal)
    session().commit()
    say("Gespeichert.")
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


def _page(product: Product, typed: Typed, seen: str, stored: Any = None) -> str:
    """The page of an article; `stored` are the texts that somebody else has saved meanwhile."""
    kind = typed.raw("art")
    types = [
        fact for fact in attributes.types(session()) if kind in fact.goods.split() or typed.raw(f"merkmal-{fact.key}")
    ]
    return render_template(
        "backoffice/product.html",
        product=product,
        typed=typed,
        seen=seen,
        stored=stored or {},
        types=types,
        gaps=readiness.missing(session(), product),
        pictures=_pictures(product),
        rows=_variants(product),
        tree=categories.tree(session()),
        makers=session().exec(select(Maker).order_by(col(Maker.name))).all(),
        kinds=words.KINDS,
        units=words.UNITS,
        vat_classes=words.VAT_CLASSES,
    )


def _refused(product: Product, typed: Typed, seen: str, refusal: Any) -> Any:
    if isinstance(refusal, editing.NotThisUnit):
        typed.errors["einheit"] = refusal.sentence
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


def _free_sku(product_id: int) -> str:
    """A number for goods without one: "A-00012", with -2 … where somebody has used it."""
    base, number = f"A-{product_id:05d}", 1
    sku = base
    while session().exec(select(Variant.id).where(Variant.sku == sku)).first() is not None:
        number += 1
        sku = f"{base}-{number}"
    return sku


def _like(last: Product | None) -> Typed:
    if last is None or last.id is None:
        return Typed({"art": Kind.OTHER, "einheit": Unit.PIECE})
    main = editing.facts_of(session(), last).category_ids[:1]
    return Typed({"art": last.kind, "einheit": last.unit, "kategorie": "".join(map(str, main))})


def _new_page(typed: Typed) -> str:
    return render_template(
        "backoffice/product_new.html",
        typed=typed,
        tree=categories.tree(session()),
        kinds=words.KINDS,
        units=words.UNITS,
    )
