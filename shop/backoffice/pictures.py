"""Pictures of an article: photographed on the phone, described, put in order, cropped well, taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from catalog import images
from catalog.images import Picture
from catalog.products import Product, Variant, VariantOption
from shop.backoffice import uploads
from shop.backoffice.drafts import withdraw_incomplete
from shop.backoffice.notes import say
from shop.backoffice.typed import whole_number
from shop.context import now, session

blueprint = Blueprint("pictures", __name__)

Rows = Sequence[tuple[Variant, Sequence[VariantOption]]]

# Nine places on a picture, in per cent, for those who cannot tap on it.
PLACES = (
    ("oben links", 20, 20), ("oben", 50, 20), ("oben rechts", 80, 20),
    ("links", 20, 50), ("Mitte", 50, 50), ("rechts", 80, 50),
    ("unten links", 20, 80), ("unten", 50, 80), ("unten rechts", 80, 80),
)  # fmt: skip
_LONGEST_ALT = 200  # characters


@blueprint.app_context_processor
def words_for_pictures() -> dict[str, Any]:
    """What the page of an article needs to show its pictures."""
    return {"suggested_alt": suggested_alt, "variant_groups": variant_groups}


@blueprint.post("/artikel/<int:product_id>/bilder")
def upload(product_id: int) -> Any:
    """Add photographs; a file that is none is named, the others are kept."""
    product = session().get(Product, product_id) or abort(404)
    alt = product.name if product.is_published else ""  # what is on sale is never without a description
    session().commit()
    count = uploads.keep_pictures(request.files.getlist("bilder"), product_id, alt)
    if count:
        say("1 Bild ist hinzugefügt." if count == 1 else f"{count} Bilder sind hinzugefügt.")
    return _back(product_id)


@blueprint.post("/artikel/<int:product_id>/bilder/angaben")
def describe_all(product_id: int) -> Any:
    """Say of all pictures of an article what is to be seen and which variant they show."""
    product = session().get(Product, product_id) or abort(404)
    _describe(images.of(session(), [product.id or 0]).get(product_id, []), request.form)
    withdraw_incomplete([product_id])
    session().commit()
    say("Die Bilder sind beschrieben.")
    return _back(product_id)


@blueprint.get("/bilder/<int:picture_id>")
def edit(picture_id: int) -> Any:
    """One picture: what must stay in view, what is to be seen, which variant it shows."""
    picture = _picture(picture_id)
    product = session().get_one(Product, picture.product_id)
    return render_template(
        "backoffice/picture.html",
        shot=picture,
        product=product,
        pictures=images.of(session(), [picture.product_id])[picture.product_id],
        rows=_rows(picture.product_id),
        places=PLACES,
    )


@blueprint.post("/bilder/<int:picture_id>")
def describe(picture_id: int) -> Any:
    """Say what is to be seen, and which variant it shows."""
    picture = _picture(picture_id)
    form = {f"{name}-{picture_id}": value for name, value in request.form.items()}
    _describe([picture], form)
    withdraw_incomplete([picture.product_id])
    session().commit()
    say("Das Bild ist beschrieben.")
    return _back(picture.product_id)


@blueprint.post("/bilder/<int:picture_id>/mitte")
def focus(picture_id: int) -> Any:
    """Say what must stay in view: where somebody tapped on the picture, or one of nine places."""
    picture = _picture(picture_id)
    place = _tapped(request.form) or _named(request.form.get("stelle", ""))
    if place is not None:
        images.set_focus(session(), picture, *place, now())
        session().commit()
        say("Der Ausschnitt ist gemerkt.")
    return redirect(url_for(".edit", picture_id=picture_id), 303)


@blueprint.post("/bilder/<int:picture_id>/platz")
def move(picture_id: int) -> Any:
    """Move a picture one place forward or back; the first one stands in the lists."""
    picture = _picture(picture_id)
    pictures = images.of(session(), [picture.product_id])[picture.product_id]
    _describe(pictures, request.form)
    ids = [each.id or 0 for each in pictures]
    place = ids.index(picture_id)
    target = place + (1 if request.form.get("richtung") == "zurueck" else -1)
    if 0 <= target < len(ids):
        ids[place], ids[target] = ids[target], ids[place]
        images.reorder(session(), picture.product_id, ids, now())
    withdraw_incomplete([picture.product_id])
    session().commit()
    return _back(picture.product_id)


@blueprint.post("/bilder/<int:picture_id>/entfernung")
def remove(picture_id: int) -> Any:
    """Take a picture off its article; one that then lacks a picture leaves the shop."""
    picture = _picture(picture_id)
    _describe(images.of(session(), [picture.product_id])[picture.product_id], request.form)
    images.detach(session(), picture, now())
    withdraw_incomplete([picture.product_id])
    session().commit()
    say("Das Bild ist entfernt.")
    return _back(picture.product_id)


def suggested_alt(product: Product, pictures: Sequence[Picture], rows: Rows, picture: Picture) -> str:
    """What a picture most likely shows, until somebody says it better: "Merino, Farbe petrol, Bild 2"."""
    options = next((options for variant, options in rows if variant.id == picture.variant_id), ())
    text = ", ".join([product.name, *(option.value for option in options)])
    alike = [each.id for each in pictures if each.variant_id == picture.variant_id]
    number = alike.index(picture.id) + 1
    return (text if number == 1 else f"{text}, Bild {number}")[:_LONGEST_ALT]


def variant_groups(rows: Rows) -> dict[str, list[tuple[int, str]]]:
    """The variants for a list to choose from: by their first option where they have several, else in one group."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for variant, options in rows:
        values = [option.value for option in options]
        group, label = (values[0], ", ".join(values[1:])) if len(values) > 1 else ("", ", ".join(values))
        groups.setdefault(group, []).append((variant.id or 0, label or variant.sku))
    return groups


def _picture(picture_id: int) -> Picture:
    return session().get(Picture, picture_id) or abort(404)


def _rows(product_id: int) -> list[tuple[Variant, list[VariantOption]]]:
    """The variants of an article with their options; two queries."""
    found = session().exec(
        select(Variant).where(Variant.product_id == product_id).order_by(col(Variant.position), col(Variant.id))
    )
    rows: dict[int | None, tuple[Variant, list[VariantOption]]] = {each.id: (each, []) for each in found}
    options = select(VariantOption).where(col(VariantOption.variant_id).in_(list(rows)))
    for option in session().exec(options.order_by(col(VariantOption.position))):
        rows[option.variant_id][1].append(option)
    return list(rows.values())


def _describe(pictures: Sequence[Picture], form: Mapping[str, str]) -> None:
    """Take over what a form says about pictures: fields alt-<id> and variante-<id>; a missing one changes nothing."""
    for picture in pictures:
        alt, chosen = form.get(f"alt-{picture.id}"), form.get(f"variante-{picture.id}")
        if alt is not None:
            images.set_alt(session(), picture, " ".join(alt.split())[:_LONGEST_ALT], now())
        if chosen is not None:
            variant_id = whole_number(chosen)
            variant = session().get(Variant, variant_id) if variant_id is not None else None
            images.show_variant(session(), picture, variant, now())


def _tapped(form: Mapping[str, str]) -> tuple[int, int] | None:
    """Where an <input type=image> was tapped, in per cent; keys press its corner, which means nothing."""
    numbers = [whole_number(form.get(name, "")) for name in ("punkt.x", "punkt.y", "breite", "hoehe")]
    x, y, width, height = numbers
    if not x or not y or not width or not height:
        return None
    return min(100, x * 100 // width), min(100, y * 100 // height)


def _named(place: str) -> tuple[int, int] | None:
    return next(((x, y) for name, x, y in PLACES if name == place), None)


def _back(product_id: int) -> Response:
    return redirect(url_for("backoffice.products.edit", product_id=product_id, _anchor="bilder"), 303)
