"""The legal texts and the owner's own pages, as they stand now."""

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from shop import legal, pages, profile, themes
from shop.context import session, the_shop

blueprint = Blueprint("legal", __name__)


@blueprint.get("/<any(impressum, datenschutz, agb, widerrufsbelehrung, versand):slug>")
def text(slug: str) -> str:
    """A legal text; written on the spot where the shop has not kept one yet."""
    page = pages.latest(session(), slug)
    return _page(legal.TITLES[slug], page.body if page else _written_now(slug), slug)


@blueprint.get("/seite/<slug>")
def owners_page(slug: str) -> str | Response:
    """A page that the owner wrote herself."""
    if slug in legal.TITLES:
        return redirect(f"/{slug}", 301)
    page = pages.latest(session(), slug) or abort(404)
    return _page(page.title, page.body, slug)


def _written_now(slug: str) -> str:
    shop = the_shop()
    return legal.write(session(), slug, profile.load(session()), shop.settings, shop.payments)


def _page(title: str, body: str, slug: str) -> str:
    return themes.render("pages/legal.html", title=title, body=body, slug=slug)
