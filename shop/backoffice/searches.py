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
    """What the search makes of some words today: how many articles it finds, `without` which, or where it leads."""

    articles: int
    without: tuple[str, ...] = ()
    leads_to: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether shoppers find now what has all of the words."""
        return bool(self.leads_to or (self.articles and not self.without))


def found_now(words: str) -> FoundNow:
    """Search as shoppers do."""
    shortcut = shortcuts.find(session(), words)
    if shortcut is not None and shortcuts.is_there(session(), shortcut.path, places.is_page(session())):
        return FoundNow(0, leads_to=shortcut.path)
    answer = the_shop().search.find(session(), words, now())
    return FoundNow(len(answer.ids), answer.left_out)


@blueprint.get("")
def index() -> Any:
    """What was searched most often first; `?erledigt=1` shows what was put aside."""
    settled = request.args.get("erledigt") == "1"
    total = misses.count(session(), settled=settled)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, whole_number(request.args.get("seite", "1")) or 1), pages)
    rows = misses.listed(session(), settled=settled, first=(page - 1) * PAGE, most=PAGE)
    return render_template(
        "backoffice/searches.html",
        rows=[(each, found_now(each.words)) for each in rows],
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
