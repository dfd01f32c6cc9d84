"""Pages of text: the owner's own, and the legal texts to look at."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import col, select

from catalog import revisions, slugs
from shop import legal, pages
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session
from shop.pages import PageVersion

blueprint = Blueprint("pages", __name__, url_prefix="/seiten")


@blueprint.get("")
def index() -> Any:
    """All pages."""
    newest = select(func.max(PageVersion.id)).group_by(col(PageVersion.slug))
    found = (
        session()
        .exec(select(PageVersion).where(col(PageVersion.id).in_(newest)).order_by(col(PageVersion.title)))
        .all()
    )
    return render_template(
        "backoffice/pages.html",
        own=[each for each in found if each.slug not in legal.TITLES],
        legal=[each for each in found if each.slug in legal.TITLES],
    )


@blueprint.get("/neu")
def new() -> Any:
    """The form of a new page."""
    return render_template("backoffice/page.html", page=None, typed=Typed(), is_legal=False)


@blueprint.post("")
def create() -> Any:
    """Add a page; its address comes from its title."""
    typed = Typed(request.form)
    title, body = _read(typed)
    taken = {*session().exec(select(PageVersion.slug)).all(), *legal.TITLES, "neu"}
    if not typed.is_valid:
        return render_template("backoffice/page.html", page=None, typed=typed, is_legal=False), 422
    return _publish(slugs.free(title, taken), title, body)


@blueprint.get("/<slug>")
def edit(slug: str) -> Any:
    """One page; legal texts are shown only, since they follow the shop's facts."""
    page = pages.latest(session(), slug) or abort(404)
    typed = Typed({"titel": page.title, "text": page.body})
    return render_template(
        "backoffice/page.html",
        page=page,
        typed=typed,
        is_legal=slug in legal.TITLES,
        versions=pages.versions(session(), slug),
    )


@blueprint.get("/<slug>/fassung/<int:number>")
def as_it_stood(slug: str, number: int) -> Any:
    """A version of a page."""
    page = pages.version(session(), number)
    if page is None or page.slug != slug:
        abort(404)
    return render_template("backoffice/page_version.html", page=page, is_legal=slug in legal.TITLES)


@blueprint.post("/<slug>")
def save(slug: str) -> Any:
    """Append a version of a page of the owner's own."""
    page = pages.latest(session(), slug) or abort(404)
    if slug in legal.TITLES:
        abort(404)
    typed = Typed(request.form)
    title, body = _read(typed)
    if not typed.is_valid:
        return render_template("backoffice/page.html", page=page, typed=typed, is_legal=False), 422
    return _publish(slug, title, body)


def _read(typed: Typed) -> tuple[str, str]:
    title = typed.text("titel", required="Bitte geben Sie der Seite eine Überschrift.", longest=120)
    return title, typed.text("text", required="Bitte schreiben Sie etwas.", longest=100_000)


def _publish(slug: str, title: str, body: str) -> Any:
    pages.publish(session(), slug, title, body, now=now(), author=g.account.name)
    revisions.bump(session(), "shop")
    session().commit()
    say("Die Seite ist gespeichert und im Laden zu sehen.")
    return redirect(url_for(".edit", slug=slug), 303)
