"""Words that mean the same to shoppers, as the owner keeps them."""

from collections.abc import Callable
from typing import Any

import flask
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from catalog.search import departments, misses, synonyms
from catalog.search.analysis import fold
from catalog.search.near import near
from catalog.search.synonyms import Synonym
from shop.backoffice.notes import say
from shop.backoffice.searches import found_now
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session, the_shop
from shop.preparing import FIRST_WORDS

PAGE = 40
_REMOVED = "removed_synonym"  # in the owner's session, until the next look at the list
_LONGEST = 400
_MOST_NEAR = 6

blueprint = Blueprint("synonyms", __name__, url_prefix="/suche/synonyme")


@blueprint.get("")
def index() -> Any:
    """All of them, or those in which a word stands; what was removed last can be put back."""
    wanted = request.args.get("q", "").strip()[:80]
    every = [each for each in synonyms.of(session()) if fold(wanted) in fold(each.words)]
    pages = max(1, -(-len(every) // PAGE))
    page = min(max(1, whole_number(request.args.get("seite", "1")) or 1), pages)
    return render_template(
        "backoffice/synonyms.html",
        rows=every[(page - 1) * PAGE : page * PAGE],
        total=len(every),
        page=page,
        pages=pages,
        wanted=wanted,
        removed=flask.session.pop(_REMOVED, ""),
        open_count=misses.count(session()),
    )


@blueprint.get("/neu")
def new() -> Any:
    """The form of another one; `?gesucht=` was searched in vain, `?mit=` is a word that was tapped."""
    searched, tapped = (request.args.get(name, "").strip()[:200] for name in ("gesucht", "mit"))
    return _page(None, Typed({"woerter": f"{searched} = {tapped}" if searched else tapped}), searched)


@blueprint.post("")
def create() -> Any:
    """Let words mean the same from now on."""
    return _save(None, lambda words: synonyms.add(session(), words, now=now(), author=g.account.name))


@blueprint.get("/<int:synonym_id>")
def edit(synonym_id: int) -> Any:
    """One of them; `?dazu=` is a word to be added."""
    synonym = _synonym(synonym_id)
    more = request.args.get("dazu", "").strip()[:200]
    return _page(synonym, Typed({"woerter": f"{synonym.words} = {more}" if more else synonym.words}), "")


@blueprint.post("/<int:synonym_id>")
def save(synonym_id: int) -> Any:
    """Let other words mean the same."""
    synonym = _synonym(synonym_id)
    return _save(synonym, lambda words: synonyms.change(session(), synonym_id, words, now=now(), author=g.account.name))


@blueprint.post("/<int:synonym_id>/entfernung")
def remove(synonym_id: int) -> Any:
    """Remove one; the list that follows offers the way back."""
    words = _synonym(synonym_id).words
    synonyms.remove(session(), synonym_id)
    session().commit()
    flask.session[_REMOVED] = words
    return redirect(url_for(".index"), 303)


def _save(synonym: Synonym | None, keep: Callable[[str], Synonym]) -> Any:
    typed = Typed(request.form)
    words = typed.text("woerter", required="Bitte tragen Sie Wörter ein, die dasselbe meinen.", longest=_LONGEST)
    words = words.replace("\n", " = ")
    kept = None
    if typed.is_valid:
        try:
            kept = keep(words)
        except Refusal as refusal:
            typed.errors["woerter"] = refusal.sentence
    if kept is None:
        session().rollback()
        return _page(synonym, typed, ""), 422
    sides = kept.words.split(" = ")
    misses.answered(session(), sides)
    session().commit()
    say(_what_came_of_it(sides))
    return redirect(url_for(".index"), 303)


def _what_came_of_it(sides: list[str]) -> str:
    found = max(each.articles if each.is_answered else 0 for each in map(found_now, sides))
    if not found:
        return "Gespeichert. Noch findet keines dieser Wörter einen Artikel: Steht eines davon in Ihren Waren?"
    articles = "1 Artikel" if found == 1 else f"{found} Artikel"
    return f"Gespeichert. Wer eines dieser Wörter sucht, findet jetzt {articles}."


def _page(synonym: Synonym | None, typed: Typed, searched: str) -> str:
    return render_template(
        "backoffice/synonym.html",
        synonym=synonym,
        is_first=synonym is not None and synonym.author == FIRST_WORDS,
        typed=typed,
        searched=searched,
        near=_near(searched),
        groups=_near_groups(searched),
        departments=departments.every(session()) if searched else [],
    )


def _near(searched: str) -> list[str]:
    """Words of the goods that look like those that were searched and that they have not, as they are mostly written."""
    words = the_shop().search.overviews.current(session(), now()).words
    missing = [each for each in searched.split()[:_MOST_NEAR] if not words.count(fold(each))]
    found = [words.shown(like) for each in missing for like in near(each, words, limit=_MOST_NEAR)]
    return list(dict.fromkeys(found))[:_MOST_NEAR]


def _near_groups(searched: str) -> list[Synonym]:
    """Synonyms in which a word stands that looks like what was searched."""
    asked = fold(searched)
    every = ((each, [fold(side) for side in each.words.split(" = ")]) for each in synonyms.of(session()))
    return [each for each, sides in every if asked and (asked in sides or near(asked, sides, limit=1))][:_MOST_NEAR]


def _synonym(synonym_id: int) -> Synonym:
    return session().get(Synonym, synonym_id) or abort(404)
