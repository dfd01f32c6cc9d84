"""Searches that lead to a page of the shop, as the owner keeps them."""

from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalog import browse
from catalog.browse import Card
from catalog.refusals import Refusal
from catalog.search import misses, shortcuts
from catalog.search.shortcuts import Shortcut
from catalog.search.wording import LONGEST
from shop import places
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.preparing import FIRST_WORDS

_REMOVED = "removed_shortcut"  # in the owner's session, until the next look at the list
_MOST_ARTICLES = 8
_WHERE = "Wohin soll die Suche führen? Wählen Sie eine Seite, oder tragen Sie einen Artikel ein."

blueprint = Blueprint("shortcuts", __name__, url_prefix="/suche/weiterleitungen")


@blueprint.get("")
def index() -> Any:
    """All of them, with what stands there; those whose page has gone first."""
    every = shortcuts.by_words(session())
    titles = places.titles_of(session(), [each.path for each in every])
    return render_template(
        "backoffice/shortcuts.html",
        rows=sorted(every, key=lambda each: each.path in titles),
        titles=titles,
        removed=flask.session.pop(_REMOVED, None),
        open_count=misses.count(session()),
    )


@blueprint.get("/neu")
def new() -> Any:
    """The form of another one; `?gesucht=` was searched in vain."""
    return _page(None, Typed({"gesucht": request.args.get("gesucht", "").strip()[:LONGEST]}))


@blueprint.post("")
def create() -> Any:
    """Let a search lead to a page."""
    return _save(None)


@blueprint.get("/<int:shortcut_id>")
def edit(shortcut_id: int) -> Any:
    """One of them."""
    shortcut = _shortcut(shortcut_id)
    is_there = shortcuts.is_there(session(), shortcut.path, places.is_page(session()))
    place = "seite" if shortcut.path in _choices() else "ziel"
    return _page(shortcut, Typed({"gesucht": shortcut.words, place: shortcut.path if is_there else ""}))


@blueprint.post("/<int:shortcut_id>")
def save(shortcut_id: int) -> Any:
    """Let other words lead there, or these elsewhere."""
    return _save(_shortcut(shortcut_id))


@blueprint.post("/<int:shortcut_id>/entfernung")
def remove(shortcut_id: int) -> Any:
    """Let the words be searched again; the list that follows offers the way back."""
    shortcut = _shortcut(shortcut_id)
    flask.session[_REMOVED] = {"gesucht": shortcut.words, "ziel": shortcut.path}
    shortcuts.remove(session(), shortcut)
    session().commit()
    return _back()


def _save(shortcut: Shortcut | None) -> Any:
    typed = Typed(request.form)
    words = typed.text("gesucht", required="Bitte tragen Sie ein, was gesucht wird.", longest=LONGEST)
    path, articles = _target(typed)
    if typed.is_valid:
        try:
            shortcuts.put(session(), shortcut, words, path, now=now(), author=g.account.name)
        except Refusal as refusal:
            typed.errors["gesucht"] = refusal.sentence
    if not typed.is_valid:
        session().rollback()
        return _page(shortcut, typed, articles), 422
    misses.answered(session(), [words])
    session().commit()
    say(f"Gespeichert. Wer „{words}“ sucht, kommt jetzt auf diese Seite.")
    return _back()


def _target(typed: Typed) -> tuple[str, list[Card]]:
    """Where the form wants to lead, or the articles to choose among; what is missing is in `typed.errors`."""
    wanted, chosen = typed.raw("ziel"), typed.raw("artikel") or typed.raw("seite")
    is_address = "/" in wanted or ":" in wanted
    if typed.raw("artikel") or not wanted:
        wanted, is_address = chosen, True
    if not wanted:
        typed.errors["seite"] = _WHERE
        return "", []
    return (_checked(typed, wanted), []) if is_address else _article(typed, wanted)


def _checked(typed: Typed, address: str) -> str:
    own_hosts = (urlsplit(the_shop().settings.url).netloc.lower(), request.host.lower())
    try:
        return shortcuts.target(session(), address, own_hosts=own_hosts, is_page=places.is_page(session()))
    except shortcuts.NoSuchPlace as refusal:
        typed.errors["ziel" if typed.raw("ziel") else "seite"] = refusal.sentence
        return ""


def _article(typed: Typed, wanted: str) -> tuple[str, list[Card]]:
    """The one article that is called so, or those that might be meant."""
    ids = the_shop().search.find(session(), wanted, now()).ids[:_MOST_ARTICLES]
    found = browse.cards(session(), list(ids), now())
    if len(found) == 1:
        return f"/artikel/{found[0].slug}", []
    typed.errors["ziel"] = (
        "Welcher Artikel ist gemeint? Bitte wählen Sie einen aus."
        if found
        else "So heißt kein Artikel im Laden. Sie können auch seine Adresse einfügen."
    )
    return "", found


def _choices() -> dict[str, str]:
    return places.pages_of(session()) | places.departments_of(session())


def _back() -> Response:
    return redirect(url_for(".index"), 303)


def _page(shortcut: Shortcut | None, typed: Typed, articles: list[Card] | None = None) -> str:
    return render_template(
        "backoffice/shortcut.html",
        shortcut=shortcut,
        is_first=shortcut is not None and shortcut.author == FIRST_WORDS,
        typed=typed,
        articles=articles or [],
        groups={"Seiten": places.pages_of(session()), "Abteilungen": places.departments_of(session())},
        is_gone=shortcut is not None and not places.titles_of(session(), [shortcut.path]),
    )


def _shortcut(shortcut_id: int) -> Shortcut:
    return session().get(Shortcut, shortcut_id) or abort(404)
