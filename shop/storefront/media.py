"""Pictures for browsers: /media/<hash>/<width>.<ext> and /artwork/<file>, for ever the same under their address."""

from pathlib import Path

from flask import Blueprint, Response, abort, send_file

from catalog import darkroom, images
from catalog.images import NoSuchPicture
from shop import artwork
from shop.context import the_shop

blueprint = Blueprint("media", __name__)

_A_YEAR = "public, max-age=31536000, immutable"
_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@blueprint.get("/media/<picture_hash>/<int:width>.<ext>")
def size(picture_hash: str, width: int, ext: str) -> Response:
    """A picture in one of its widths; made on the spot where the worker has not come to it yet.

    A small original answers for the usual widths above its own, so that pages need not ask first.
    """
    try:
        file = _file(the_shop().settings.media, picture_hash, width, ext)
    except NoSuchPicture:
        abort(404)
    response = send_file(file, mimetype=_TYPES[ext], conditional=True, etag=f"{picture_hash}-{width}-{ext}")
    response.headers["Cache-Control"] = _A_YEAR
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.get("/artwork/<file>")
def official(file: str) -> Response:
    """An official picture, byte for byte as it was uploaded."""
    found = artwork.path_of(the_shop().settings.artwork, file) or abort(404)
    response = send_file(found, conditional=True, etag=file)
    response.headers["Cache-Control"] = _A_YEAR
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _file(media: Path, picture_hash: str, width: int, ext: str) -> Path:
    made = images.path_of(media, picture_hash, width, ext)
    if made.is_file():
        return made
    original = images.stored(media, picture_hash)
    if width not in (*images.WIDTHS, *images.sizes_of(original.width)):
        raise NoSuchPicture("Dieses Bild gibt es nicht in dieser Breite.")
    nearest = images.path_of(media, picture_hash, images.size_for(original.width, width), ext)
    if not nearest.is_file():
        with darkroom.place(media, alone=True):
            images.make_sizes(media, picture_hash)
    return nearest
