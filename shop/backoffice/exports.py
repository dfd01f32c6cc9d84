"""Giving out articles as a table: now, a part of them or all, and by itself every day or week."""

import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import select
from werkzeug.wrappers import Response as Redirect

from catalog import kinds, makers
from catalog.categories import Category
from catalog.exchange.choice import Choice
from catalog.exchange.export import Written
from catalog.exchange.fields import show_categories
from catalog.exchange.surroundings import category_paths
from catalog.refusals import Refusal
from shop import exporting, profile, scheduled_export
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, begin_of
from shop.context import now, session, the_shop
from shop.exporting import Wanted
from shop.formats import BERLIN
from shop.profile import Profile

blueprint = Blueprint("exports", __name__, url_prefix="/ausgeben")

DIALECTS = {
    "own": "für Excel und zurück",
    "woo": "für WooCommerce",
    "shopify": "für Shopify",
    "plain": "schlicht, für Programme",
}
EVERY = {"": "nie", "day": "jeden Tag", "week": "jede Woche am Montag"}
_IN_MEMORY = 1024 * 1024  # bytes
_PUBLISHED = {"": None, "laden": True, "entwuerfe": False}
_KEYS = {"": frozenset[str](), "preise": frozenset({"price_cents"}), "bestand": frozenset({"price_cents", "stock"})}


class _File(NamedTuple):
    """A file to fetch."""

    day: date
    bytes: int


@blueprint.get("")
def index() -> str:
    """The form, what it would give if it was asked, the switch, and the files that were written."""
    typed = Typed(request.args)
    asked = bool(typed.raw("format"))
    wanted = _wanted(typed) if asked else None
    written = _tried(wanted, typed) if wanted and typed.is_valid else None
    return _page(typed if asked else Typed({"format": "own"}), written)


@blueprint.get("/datei")
def fetch() -> Response | Redirect | tuple[str, int]:
    """The file itself. It is written beside the shop's other files first: a page that breaks off is no half table."""
    typed = Typed(request.args)
    wanted = _wanted(typed)
    if not typed.is_valid:
        return _page(typed), 422
    out = _file(wanted)
    day = now().astimezone(BERLIN).date()
    name = f"artikel-{day}.csv" if wanted.dialect == "own" else f"artikel-{wanted.dialect}-{day}.csv"
    return send_file(out, mimetype="text/csv", as_attachment=True, download_name=name)


@blueprint.get("/regelmaessig/<day>")
def fetch_written(day: str) -> Response:
    """A file that was written by itself."""
    path = scheduled_export.file_of(the_shop().settings, _day(day))
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=path.name)


@blueprint.post("/regelmaessig")
def set_schedule() -> Redirect | tuple[str, int]:
    """Keep whether, and in which form, all articles are written by themselves."""
    typed = Typed(request.form)
    every, dialect = typed.one_of("rhythmus", EVERY, ""), typed.one_of("art", DIALECTS, "own")
    if not typed.is_valid:
        return _page(Typed({"format": "own"}), schedule=typed), 422
    shop = session().get(Profile, 1) or Profile(id=1)
    shop.export_every, shop.export_dialect = every, dialect
    session().add(shop)
    session().commit()
    say("Gespeichert." if not every else "Gespeichert. Die erste Datei kommt bald, später immer nachts.")
    return redirect(url_for(".index"), 303)


def _wanted(typed: Typed) -> Wanted:
    day = typed.day("seit")
    choice = Choice(
        category=typed.one_of("kategorie", _categories(), ""),
        maker=typed.one_of("hersteller", _makers(), ""),
        kind=typed.one_of("warenart", _kinds(), ""),
        is_published=_PUBLISHED[typed.one_of("welche", _PUBLISHED, "")],
        only_in_stock=typed.ticked("vorraetig"),
        only_low=typed.ticked("knapp"),
        since=begin_of(day) if day else None,
    )
    return Wanted(typed.one_of("format", DIALECTS, "own"), choice, _KEYS[typed.one_of("spalten", _KEYS, "")])


def _tried(wanted: Wanted, typed: Typed) -> Written | None:
    """What would stand in the file."""
    with _temporary() as out:
        try:
            return _write(out, wanted)
        except Refusal as refusal:
            typed.errors["format"] = refusal.sentence
            return None


def _file(wanted: Wanted) -> BinaryIO:
    """What is wanted, in memory where it is small; a large file has no name, and goes away with the answer."""
    out = _temporary()
    _write(out, wanted)
    is_small = out.tell() <= _IN_MEMORY
    out.seek(0)
    if not is_small:
        return out
    with out:
        return BytesIO(out.read())


def _temporary() -> BinaryIO:
    """A file without a name where there is room: /tmp may be small."""
    return cast("BinaryIO", tempfile.TemporaryFile(dir=the_shop().settings.data))


def _write(out: BinaryIO, wanted: Wanted) -> Written:
    with exporting.refusing():
        written = exporting.write(session(), the_shop().settings, out, wanted, now=now())
        out.flush()
    return written


def _page(typed: Typed, written: Written | None = None, *, schedule: Typed | None = None) -> str:
    owner = profile.load(session())
    return render_template(
        "backoffice/exports.html",
        typed=typed,
        written=written,
        schedule=schedule or Typed({"rhythmus": owner.export_every, "art": owner.export_dialect}),
        dialects=DIALECTS.items(),
        every=EVERY.items(),
        categories=[(path, path) for path in _categories()],
        makers=[(name, name) for name in _makers()],
        kinds=[(key, label) for key, label in _kinds().items()],
        files=[_told(each) for each in scheduled_export.files(the_shop().settings)],
        kept=scheduled_export.KEPT,
    )


def _told(path: Path) -> _File:
    return _File(date.fromisoformat(path.stem.removeprefix("artikel-")), path.stat().st_size)


def _categories() -> list[str]:
    paths = category_paths(session().exec(select(Category)).all())
    return sorted(show_categories((path,)) for path in paths.values())


def _makers() -> list[str]:
    return [each.name for each in makers.by_name(session())]


def _kinds() -> dict[str, str]:
    return {each.key: each.label for each in kinds.of(session())}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)
