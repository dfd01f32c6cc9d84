"""The legal texts and the owner's own pages, as they stand now and as they once stood."""

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from shop import legal, pages, profile, themes
from shop.context import session, the_shop
from shop.pages import PageVersion

blueprint = Blueprint("legal", __name__)


_SLUGS = "<any(impressum, datenschutz, agb, widerrufsbelehrung, versand, gewaehrleistung, barrierefreiheit):slug>"


@blueprint.get(f"/{_SLUGS}")
def text(slug: str) -> str:
    """A legal text; written on the spot where the shop has not kept one yet."""
    if slug not in legal.slugs(profile.load(session())):
        abort(404)
    page = pages.latest(session(), slug)
    return _page(legal.TITLES[slug], page.body if page else _written_now(slug), slug)


@blueprint.get(f"/{_SLUGS}/fassung/<int:number>")
def as_it_stood(slug: str, number: int) -> str:
    """A version of a legal text, as orders keep it."""
    page = _version(slug, number)
    return themes.render("pages/legal.html", title=page.title, body=page.body, slug=slug, version=page)


def _version(slug: str, number: int) -> PageVersion:
    page = pages.version(session(), number)
    return page if page is not None and page.slug == slug else abort(404)


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
    return themes.render("pages/legal.html", title=title, body=body, slug=slug, version=None)
