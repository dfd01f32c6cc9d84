"""Pictures of an article: photographed on the phone, described, put in order, taken away."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog import images
from catalog.images import Picture
from catalog.products import Product, Variant
from shop.backoffice import uploads
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("pictures", __name__)


@blueprint.post("/artikel/<int:product_id>/bilder")
def upload(product_id: int) -> Any:
    """Add photographs; a file that is none is named, the others are kept."""
    with_product = session().get(Product, product_id) or abort(404)
    session().commit()
    count = uploads.keep_pictures(request.files.getlist("bilder"), with_product.id or 0)
    if count:
        say("1 Bild ist hinzugefügt." if count == 1 else f"{count} Bilder sind hinzugefügt.")
    return _back(product_id)


@blueprint.post("/bilder/<int:picture_id>")
def describe(picture_id: int) -> Any:
    """Say what is to be seen, and which variant it shows."""
    picture = session().get(Picture, picture_id) or abort(404)
    typed = Typed(request.form)
    images.set_alt(session(), picture, typed.text("alt")[:200], now())
    variant_id = whole_number(typed.raw("variante"))
    variant = session().get(Variant, variant_id) if variant_id is not None else None
    picture.variant_id = variant.id if variant is not None and variant.product_id == picture.product_id else None
    session().add(picture)
    session().commit()
    say("Das Bild ist beschrieben.")
    return _back(picture.product_id)


@blueprint.post("/bilder/<int:picture_id>/platz")
def move(picture_id: int) -> Any:
    """Move a picture one place forward or back; the first one stands in the lists."""
    picture = session().get(Picture, picture_id) or abort(404)
    ids = [each.id or 0 for each in images.of(session(), [picture.product_id])[picture.product_id]]
    place = ids.index(picture_id)
    target = place + (1 if request.form.get("richtung") == "zurueck" else -1)
    if 0 <= target < len(ids):
        ids[place], ids[target] = ids[target], ids[place]
        images.reorder(session(), picture.product_id, ids, now())
        session().commit()
    return _back(picture.product_id)


@blueprint.post("/bilder/<int:picture_id>/entfernung")
def remove(picture_id: int) -> Any:
    """Take a picture off its article."""
    picture = session().get(Picture, picture_id) or abort(404)
    images.detach(session(), picture, now())
    session().commit()
    say("Das Bild ist entfernt.")
    return _back(picture.product_id)


def _back(product_id: int) -> Response:
    return redirect(url_for("backoffice.products.edit", product_id=product_id, _anchor="bilder"), 303)
