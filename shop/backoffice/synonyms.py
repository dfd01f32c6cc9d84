"""Words that mean the same to shoppers, as the owner keeps them."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import flask
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from catalog.search import departments, misses, synonyms
from catalog.search.analysis import fold
from catalog.search.synonyms import Synonym
from shop.backoffice.notes import say
from shop.backoffice.searches import found_now
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

PAGE = 40
_REMOVED = "removed_synonym"  # in the owner's session, until the next look at the list
_LONGEST = 400
_NEAR, _MOST_NEAR = 0.7, 6  # of difflib's ratio; what is offered
_LONGEST_NEAR = 40  # characters of a word that near ones are looked for

blueprint = Blueprint("synonyms", __name__, url_prefix="/suche/synonyme")


@blueprint.get("")
def index() -> Any:
    """All of them, or those in which a word stands; what was removed last can be put back."""
    wanted = request.args.get("q", "").strip()[:80]
    rows = [each for each in synonyms.of(session()) if fold(wanted) in fold(each.words)]
    return render_template(
        "backoffice/synonyms.html",
        rows=rows,
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
    kept = None
    if typed.is_valid:
        try:
            kept = keep(words)
        except Refusal as refusal:
            typed.errors["woerter"] = refusal.sentence
    if kept is None:
        session().rollback()
        return _page(synonym, typed, ""), 422
    sides = synonyms.sides(kept.words)
    misses.answered(session(), sides)
    session().commit()
    say(_what_came_of_it(sides))
    return redirect(url_for(".index"), 303)


def _what_came_of_it(sides: list[str]) -> str:
    found = max(found_now(each).articles for each in sides)
    if not found:
        return "Gespeichert. Noch findet keines dieser Wörter einen Artikel: Steht eines davon in Ihren Waren?"
    articles = "1 Artikel" if found == 1 else f"{found} Artikel"
    return f"Gespeichert. Wer eines dieser Wörter sucht, findet jetzt {articles}."


def _page(synonym: Synonym | None, typed: Typed, searched: str) -> str:
    return render_template(
        "backoffice/synonym.html",
        synonym=synonym,
        typed=typed,
        searched=searched,
        near=_near(searched),
        groups=_near_groups(searched),
        departments=departments.every(session()) if searched else [],
    )


def _near(searched: str) -> list[str]:
    """Words of the goods that are written much as those that were searched, as they are mostly written."""
    words = the_shop().search.overviews.current(session(), now()).words
    known = list(words)
    found: dict[str, None] = {}
    for each in searched.split():
        folded = fold(each)[:_LONGEST_NEAR]
        if not words.count(folded):
            found |= dict.fromkeys(get_close_matches(folded, known, n=_MOST_NEAR, cutoff=_NEAR))
    return [words.shown(each) for each in found][:_MOST_NEAR]


def _near_groups(searched: str) -> list[Synonym]:
    """Synonyms in which a word stands that is written much as what was searched."""
    if not searched:
        return []
    folded = fold(searched)[:_LONGEST_NEAR]
    return [
        each
        for each in synonyms.of(session())
        if get_close_matches(folded, [fold(side) for side in synonyms.sides(each.words)], cutoff=_NEAR)
    ][:_MOST_NEAR]


def _synonym(synonym_id: int) -> Synonym:
    return session().get(Synonym, synonym_id) or abort(404)
