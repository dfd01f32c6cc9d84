"""How files of a supplier are taken: what was told once and is remembered, and which of them need no asking."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from catalog.exchange import memory, wishes
from catalog.exchange.in_words import wishes_in_words
from catalog.exchange.runs import ColumnMemory, ImportRun
from catalog.exchange.wishes import Wishes
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop

blueprint = Blueprint("import_memories", __name__, url_prefix="/einlesen/gemerkt")

_LIMITS = (1, 99)  # per cent


@blueprint.get("")
def index() -> Any:
    """All that is remembered."""
    return _page(Typed())


@blueprint.post("/<int:memory_id>/vertrauen")
def trust(memory_id: int) -> Any:
    """Let files of this kind that lie in the watched folder be taken without asking, or no longer."""
    kept = _memory(memory_id)
    typed = Typed(request.form)
    limit = typed.number("grenze", *_LIMITS) or kept.limit_percent
    if not typed.is_valid:
        return _page(typed, wrong=memory_id), 422
    kept.is_trusted, kept.limit_percent = typed.ticked("vertrauen"), limit
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:memory_id>/vergessen")
def forget(memory_id: int) -> Any:
    """Remember it no longer; the goods stay as they are."""
    memory.forget(session(), _memory(memory_id).name)
    session().commit()
    say("Vergessen. Beim nächsten Mal wird die Datei wieder ohne Vorwissen gelesen.")
    return redirect(url_for(".index"), 303)


def remember(number: int, name: str, wished: Wishes) -> str:
    """Remember how the file of an import is taken, if a name was given, and say so. Raises NotAName. Commits."""
    if not name.strip():
        return ""
    with the_shop().database.writing() as writing:
        run = writing.get_one(ImportRun, number)
        kept = memory.remember(writing, run.fingerprint, name, wished, author=g.account.name, now=now())
        return f"Gemerkt als „{kept.name}“: Dateien mit diesen Spalten werden künftig so gelesen."


def _page(typed: Typed, wrong: int | None = None) -> str:
    every = [(each, wishes_in_words(wishes.from_json(each.wishes))) for each in memory.every(session())]
    return render_template("backoffice/import_memories.html", every=every, typed=typed, wrong=wrong)


def _memory(memory_id: int) -> ColumnMemory:
    kept = session().get(ColumnMemory, memory_id)
    if kept is None:
        abort(404)
    return kept
