"""What search engines ask for: which pages there are, and which are none of their business."""

from flask import Blueprint, Response
from sqlmodel import select

from catalog import browse
from catalog.categories import Category
from shop.context import session, the_shop

blueprint = Blueprint("machines", __name__)

_PRIVATE = ("/backoffice/", "/warenkorb", "/kasse", "/bestellung/", "/rueckfrage/", "/suche")
_XML = "http://www.sitemaps.org/schemas/sitemap/0.9"


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Search engines may look at goods and texts, not at carts and orders."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _PRIVATE),
        f"Sitemap: {the_shop().settings.url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page that a shopper may find: home, departments, articles."""
    home = the_shop().settings.url
    slugs = session().exec(select(Category.slug).order_by(Category.slug)).all()
    entries = [f"<url><loc>{home}/</loc></url>"]
    entries += [f"<url><loc>{home}/kategorie/{slug}</loc></url>" for slug in slugs]
    entries += [
        f"<url><loc>{home}/artikel/{slug}</loc><lastmod>{changed:%Y-%m-%d}</lastmod></url>"
        for slug, changed in browse.addresses(session())
    ]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_XML}">\n' + "\n".join(entries) + "\n</urlset>\n"
    return Response(body, mimetype="application/xml")
