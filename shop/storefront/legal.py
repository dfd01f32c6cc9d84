"""The legal texts and the owner's own pages, as they stand now and as they once stood."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from catalog.times import german_day
from shop import legal, legal_papers, pages, profile, themes
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
    return _page(legal.TITLES[slug], page.body if page else _written_now(slug), slug, page)


@blueprint.get(f"/{_SLUGS}/fassung/<int:number>")
def as_it_stood(slug: str, number: int) -> str:
    """A version of a legal text, as orders keep it."""
    page = _version(slug, number)
    return themes.render("pages/legal.html", title=page.title, body=page.body, slug=slug, version=page, kept=page)


@blueprint.get(f"/{_SLUGS}/fassung/<int:number>.pdf")
def as_it_stood_on_paper(slug: str, number: int) -> Response:
    """A version of a legal text as PDF."""
    page = _version(slug, number)
    pdf = legal_papers.version(page, profile.load(session()), _folders())
    return _file(pdf, f"{slug}-{german_day(page.created_at):%Y-%m-%d}.pdf")


@blueprint.get("/widerrufsformular.pdf")
def form() -> Response:
    """The model form to print and fill in (Anlage 2 to Art. 246a § 1 Abs. 2 EGBGB)."""
    kept = pages.latest(session(), "widerrufsbelehrung")
    made_at = kept.created_at if kept else datetime(2026, 6, 19, tzinfo=UTC)  # since when it reads so
    return _file(legal_papers.form(profile.load(session()), _folders(), made_at), "Widerrufsformular.pdf")


def _file(pdf: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _folders() -> list[Path]:
    settings = the_shop().settings
    return themes.chain(settings.themes, settings.theme)


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


def _page(title: str, body: str, slug: str, kept: PageVersion | None = None) -> str:
    return themes.render("pages/legal.html", title=title, body=body, slug=slug, version=None, kept=kept)
