"""A new article in a minute: photograph, name, price, how much is there; the rest is like the last one of its kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import select

from catalog import attributes, categories, editing, kinds, last_of_kind, makers, products, readiness, variants
from catalog.attributes import AttributeType
from catalog.categories import Category
from catalog.editing import ProductFacts
from catalog.images import StoredPicture
from catalog.makers import Maker
from catalog.products import Product, Variant
from catalog.units import Unit
from shop.backoffice import kept_photos, maker_form, product_form, variant_form, words
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("new_product", __name__, url_prefix="/artikel")

# What belongs to this article alone; all else is taken over when another kind is chosen.
_OWN = ("name", "preis", "bestand", "bildtext", "farbe", "nummer", "ean", "zusammensetzung")


@blueprint.get("/neu")
def form() -> Any:
    """The short form with which an article begins, filled like the last article of its kind."""
    known = [each.key for each in kinds.of(session())]
    wanted = request.args.get("art", "")
    kind = wanted if wanted in known else last_of_kind.kind_to_begin_with(session())
    return _page(_begun(kind), kept_photos.keep([], request.args.getlist("foto")))


@blueprint.post("/neu")
def switch() -> Any:
    """The form for another kind of goods, or sold otherwise; what was typed and photographed stays."""
    photos = _photos()
    typed = Typed(request.form)
    kind = typed.raw("andere-art") or typed.raw("art")
    begun = dict(_begun(kind, typed.raw("andere-einheit")).texts)
    again = Typed(begun | {name: typed.raw(name) for name in _OWN if typed.raw(name)})
    return _page(again, photos)


@blueprint.post("")
def create() -> Any:
    """Add an article with its first variant and photographs; put it into the shop if that was wished and may be."""
    photos = _photos()
    typed = Typed(dict(request.form))
    if not typed.raw("zusammensetzung"):
        typed = Typed({**typed.texts, "zusammensetzung": typed.raw("faser")})
    every_kind, types = kinds.of(session()), attributes.types(session())
    facts = product_form.read(typed, every_kind, types, _ids(Category), _ids(Maker))
    first = variant_form.read_first(typed)
    on_hand = typed.quantity("bestand", Unit(facts.unit))
    maker_name, maker_data = typed.text("hersteller-neu", longest=120), maker_form.read(typed, maker_form.INSIDE)
    if first.sku:
        typed.by_rule("nummer", lambda text: editing.check_sku(session(), text))
    if not typed.is_valid:
        session().rollback()
        return _page(typed, photos), 422
    if maker_name:
        facts = replace(facts, maker_id=maker_form.keep(session(), maker_name, maker_data, now()))
    product = _add(facts)
    product_id = product.id or 0
    first = replace(first, sku=first.sku or free_sku(product_id), counts_stock=on_hand is not None)
    variants.add_with(session(), product, first, on_hand=on_hand or 0, now=now(), author=g.account.name)
    kept_photos.hang(photos, product_id, typed.text("bildtext") or _described(facts.name, typed.raw("farbe")))
    if typed.raw("dann") == "laden":
        _publish(product)
    else:
        say("Der Artikel ist als Entwurf gespeichert.")
    session().commit()
    return redirect(url_for("backoffice.products.edit", product_id=product_id, neu="ja"), 303)


def free_sku(product_id: int) -> str:
    """A number for goods without one: "A-00012", with -2 … where somebody has used it."""
    base, number = f"A-{product_id:05d}", 1
    sku = base
    while session().exec(select(Variant.id).where(Variant.sku == sku)).first() is not None:
        number += 1
        sku = f"{base}-{number}"
    return sku


def _add(facts: ProductFacts) -> Product:
    """A draft with all its facts; its address comes from its name."""
    product = products.add(session(), name=facts.name, now=now())
    bare = editing.facts_of(session(), product)
    editing.change(
        session(), product, replace(facts, slug=""), seen=editing.fingerprint(bare), now=now(), author=g.account.name
    )
    return product


def _publish(product: Product) -> None:
    """Put the article into the shop if nothing is missing; else it stays a draft, and its page says why."""
    try:
        readiness.publish(session(), product, now())
    except readiness.NotReady:
        warn("Gespeichert, aber noch nicht im Laden: Hier steht, was noch fehlt.")
    else:
        say("Der Artikel ist gespeichert und im Laden zu sehen.")


def _photos() -> list[StoredPicture]:
    return kept_photos.keep(request.files.getlist("bilder"), request.form.getlist("foto"))


def _described(name: str, colour: str) -> str:
    """What is to be seen on a photograph about which nothing was said: "Jersey Waldtiere, petrol"."""
    return f"{name}, {colour}" if colour and colour.casefold() not in name.casefold() else name


def _begun(kind: str, unit: str = "") -> Typed:
    """The form as the last article of a kind was sold; in another unit with the measures that suit it."""
    facts = last_of_kind.product_facts(session(), kind)
    first = last_of_kind.variant_facts(session(), kind)
    if unit and unit != facts.unit and unit in words.UNITS:
        minimum, step = last_of_kind.usual_measures(Unit(unit))
        facts = replace(facts, unit=unit, minimum=minimum, step=step, maximum=None, shown_per=None, remnant_below=0)
        first = replace(first, weight_g=0, thickness_mm=None, per_layer=1, content=None, content_unit=None)
    texts = {**product_form.typed_of(facts).texts, **variant_form.typed_of_first(first)}
    return Typed(texts | {f"{maker_form.INSIDE}land": "DE"})


def _page(typed: Typed, photos: Sequence[StoredPicture] = ()) -> str:
    kind = kinds.find(session(), typed.raw("art"))
    unit = typed.raw("einheit") if typed.raw("einheit") in words.UNITS else Unit.PIECE.value
    maker = session().get(Maker, int(typed.raw("hersteller"))) if typed.raw("hersteller").isdigit() else None
    return render_template(
        "backoffice/product_new.html",
        typed=typed,
        kind=kind,
        unit=unit,
        kinds=kinds.of(session()),
        owes_content=readiness.owes_content(typed.raw("art"), kind.unit if kind else None, unit),
        compositions=last_of_kind.compositions(session(), typed.raw("art")) if kind and kind.is_textile else [],
        types=_types_of(typed.raw("art")),
        maker=maker,
        maker_gaps=makers.missing(maker) if maker else [],
        makers=makers.by_name(session()),
        tree=categories.tree(session()),
        photos=photos,
        words=words,
        Unit=Unit,
    )


def _types_of(kind: str) -> list[AttributeType]:
    return [fact for fact in attributes.types(session()) if kind in fact.goods.split()]


def _ids(table: Any) -> list[int]:
    return list(session().exec(select(table.id)).all())
