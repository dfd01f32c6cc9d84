"""What shoppers searched and did not find, and what to do about it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from catalog.search import misses, shortcuts
from catalog.search.misses import SearchMiss
from shop import places
from shop.backoffice.notes import say
from shop.backoffice.typed import whole_number
from shop.context import now, session, the_shop

PAGE = 20

blueprint = Blueprint("searches", __name__, url_prefix="/suche")


@dataclass(frozen=True)
class FoundNow:
    """What the search makes of some words today: how many articles it finds, and what it did to them for that.

    `without` are words that it left out, `meant` is what it searched instead, `leads_to` a page that it leads to.
    """

    articles: int = 0
    without: tuple[str, ...] = ()
    meant: str = ""
    leads_to: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether shoppers find now what has all of the words, as they are."""
        return bool(self.leads_to or (self.articles and not self.without and not self.meant))


def found_now(words: str) -> FoundNow:
    """Search as shoppers do."""
    path = shortcuts.path_of(session(), words)
    if path and shortcuts.is_there(session(), path, places.is_page(session())):
        return FoundNow(leads_to=path)
    answer = the_shop().search.find(session(), words, now())
    return FoundNow(len(answer.ids), answer.left_out, answer.meant)


@blueprint.get("")
def index() -> Any:
    """What was searched most often first; `?erledigt=1` shows what was put aside."""
    settled = request.args.get("erledigt") == "1"
    total = misses.count(session(), settled=settled)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, whole_number(request.args.get("seite", "1")) or 1), pages)
    rows = misses.listed(session(), settled=settled, first=(page - 1) * PAGE, most=PAGE)
    shown = [(each, found_now(each.words)) for each in rows]
    return render_template(
        "backoffice/searches.html",
        rows=shown,
        answered=[each for each, found in shown if found.is_answered],
        settled=settled,
        open_count=misses.count(session()) if settled else total,
        settled_count=total if settled else misses.count(session(), settled=True),
        page=page,
        pages=pages,
        days=misses.KEPT_FOR.days,
    )


@blueprint.post("/<int:miss_id>/erledigt")
def settle(miss_id: int) -> Any:
    """Put one aside."""
    miss = _miss(miss_id)
    misses.settle(session(), miss)
    session().commit()
    say(f"„{miss.words}“ ist erledigt. Sie finden es ganz unten unter „Erledigte“ wieder.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/erledigt")
def settle_several() -> Any:
    """Put those aside that stood on the page and found something."""
    numbers = [whole_number(each) for each in request.form.getlist("suche")[:PAGE]]
    chosen = [each for each in (session().get(SearchMiss, number) for number in numbers if number) if each]
    for miss in chosen:
        misses.settle(session(), miss)
    session().commit()
    say("Erledigt." if len(chosen) == 1 else f"{len(chosen)} Suchen sind erledigt.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:miss_id>/wieder")
def reopen(miss_id: int) -> Any:
    """Take one up again."""
    miss = _miss(miss_id)
    misses.settle(session(), miss, settled=False)
    session().commit()
    say(f"„{miss.words}“ steht wieder in der Liste.")
    return redirect(url_for(".index"), 303)


def _miss(miss_id: int) -> SearchMiss:
    return session().get(SearchMiss, miss_id) or abort(404)
