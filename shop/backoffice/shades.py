"""Many colours at once: lines are pasted, looked at, and become variants, all or none."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from catalog import editing, shades
from catalog.editing import VariantFacts
from catalog.products import Product, Variant
from catalog.shades import Reading
from shop.backoffice import drafts, variant_form, words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session

blueprint = Blueprint("shades", __name__, url_prefix="/artikel")

_LONGEST = 60_000  # characters of pasted lines


@blueprint.get("/<int:product_id>/farben")
def form(product_id: int) -> Any:
    """The lines to paste; price, content and weight are those of the last variant."""
    product = _product(product_id)
    last = session().exec(
        select(Variant).where(Variant.product_id == product_id).order_by(col(Variant.position).desc())
    ).first()  # fmt: skip
    facts = editing.variant_facts_of(session(), last) if last else VariantFacts(sku="", price_cents=0)
    begun = variant_form.typed_for_next(facts, product.unit).texts
    texts = {name: begun[name] for name in ("option-1", "preis", "inhalt", "gewicht", "dicke", "nebeneinander")}
    return _page(product, Typed(texts | {"anfang": shades.prefix_of(session(), product)}), None)


@blueprint.post("/<int:product_id>/farben")
def add(product_id: int) -> Any:
    """Show what the lines will become; add it when that was seen and asked for."""
    product = _product(product_id)
    typed = Typed(request.form)
    text = typed.text("zeilen", required="Bitte fügen Sie mindestens eine Zeile ein.", longest=_LONGEST)
    prefix = typed.text("anfang", required="Womit sollen die Artikelnummern anfangen?", longest=40)
    option = typed.text("option-1", required="Worin unterscheiden sie sich? Zum Beispiel Farbe.", longest=60)
    facts = variant_form.read_first(typed)
    if not typed.is_valid:
        return _page(product, typed, None), 422
    reading = shades.read(session(), product, text, prefix=prefix)
    if typed.raw("dann") != "anlegen" or reading.problems or not reading.shades:
        return _page(product, typed, reading), 422 if reading.problems else 200
    shades.add(session(), product, reading, facts, option=option, now=now(), author=g.account.name)
    drafts.withdraw_incomplete([product_id])
    session().commit()
    number = len(reading.shades)
    say("1 Farbe ist angelegt." if number == 1 else f"{number} Farben sind angelegt.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id, _anchor="varianten"), 303)


def _product(product_id: int) -> Product:
    return session().get(Product, product_id) or abort(404)


def _page(product: Product, typed: Typed, reading: Reading | None) -> str:
    return render_template(
        "backoffice/product_shades.html",
        product=product,
        typed=typed,
        reading=reading,
        lines=typed.raw("zeilen").splitlines(),
        words=words,
    )
