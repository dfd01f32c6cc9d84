"""Reading in articles from a table: upload, look at what would change, then let it happen."""

import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session

from catalog.exchange import dialects
from catalog.exchange.apply import apply
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, rows_of
from catalog.exchange.planning import make_plan
from catalog.exchange.reading import NotATable
from catalog.exchange.wishes import Wishes
from catalog.refusals import Refusal
from shop.backoffice.notes import say, warn
from shop.context import now, session, the_shop

blueprint = Blueprint("imports", __name__, url_prefix="/einlesen")

_LARGEST = 20 * 1024 * 1024  # bytes: a hundred thousand articles
_NAME = re.compile(r"[0-9a-f]{32}")
_SIGNS = {"komma": ",", "punkt": "."}
_SHOWN = 200
_KEPT = timedelta(days=1)


class NotTaken(Refusal):
    """The uploaded file is missing, too large, or the plan leaves something open."""


@blueprint.get("")
def form() -> Any:
    """The form for a file."""
    return _form_page()


@blueprint.post("")
def upload() -> Any:
    """Keep an uploaded file and show what it would change."""
    file = request.files.get("datei")
    content = file.stream.read(_LARGEST + 1) if file else b""
    try:
        _check(content)
        name = _keep(content)
    except (NotTaken, NotATable) as refusal:
        return _form_page(refusal.sentence), 422
    return redirect(url_for(".show", name=name), 303)


@blueprint.get("/<name>")
def show(name: str) -> Any:
    """What the file would change; nothing has happened yet."""
    sign = request.args.get("zahlen", "")
    plan, _ = _plan(session(), name, sign)
    return render_template(
        "backoffice/import_plan.html", plan=plan, name=name, sign=sign, shown=_SHOWN, rows_of=rows_of
    )


@blueprint.post("/<name>")
def carry_out(name: str) -> Any:
    """Plan again, since the shop may have changed meanwhile, and write everything in one transaction."""
    sign = request.form.get("zahlen", "")
    with the_shop().database.reading() as reading:
        _, pictures = _plan(reading, name, sign)
    pictures.keep_all()
    plan, _ = _plan(session(), name, sign, pictures)
    if plan.must_be_answered:
        raise NotTaken("Bitte beantworten Sie zuerst die offenen Fragen.")
    drafts = apply(session(), plan, pictures, now=now(), author=g.account.name)
    session().commit()
    _file(name).unlink(missing_ok=True)
    say(_done(plan))
    if drafts:
        some = ", ".join(f"{each.name} ({', '.join(gap.short for gap in each.gaps)})" for each in drafts[:5])
        more = f" und {len(drafts) - 5} weitere" if len(drafts) > 5 else ""
        warn(f"Noch nicht im Laden, weil etwas fehlt, was das Gesetz verlangt: {some}{more}.")
    return redirect(url_for("backoffice.products.index"), 303)


def _plan(opened: Session, name: str, sign: str, pictures: PictureFolders | None = None) -> tuple[Plan, PictureFolders]:
    content = _file(name).read_bytes()
    media = the_shop().settings.media
    pictures = pictures or PictureFolders(media, [])
    return make_plan(opened, dialects.read(content, Wishes(decimal=_SIGNS.get(sign))), pictures, now()), pictures


def _check(content: bytes) -> None:
    if not content:
        raise NotTaken("Bitte wählen Sie eine Datei aus.")
    if len(content) > _LARGEST:
        raise NotTaken("Diese Datei ist größer als 20 MB. Bitte teilen Sie sie auf.")
    dialects.read(content)


def _keep(content: bytes) -> str:
    name = secrets.token_hex(16)
    _folder().mkdir(exist_ok=True, mode=0o700)
    _forget_old_files()
    (_folder() / f"{name}.csv").write_bytes(content)
    return name


def _forget_old_files() -> None:
    """What was looked at and not read in within a day goes away."""
    for file in _folder().glob("*.csv"):
        if file.stat().st_mtime < (now() - _KEPT).timestamp():
            file.unlink(missing_ok=True)


def _file(name: str) -> Path:
    """The kept file of a random name; 404 for everything else, so that no path can be smuggled in."""
    file = _folder() / f"{name}.csv"
    if not _NAME.fullmatch(name) or not file.is_file():
        abort(404)
    return file


def _folder() -> Path:
    return the_shop().settings.data / "import"


def _done(plan: Plan) -> str:
    parts = [f"{plan.products.new} Artikel neu", f"{plan.products.changed} geändert"]
    parts += [
        f"{plan.variants.new} {'Variante' if plan.variants.new == 1 else 'Varianten'} neu",
        f"{plan.variants.changed} geändert",
    ]
    left_out = f" Nicht übernommen: Zeile {rows_of(plan.refused)}." if plan.refused else ""
    return f"Eingelesen: {', '.join(parts)}.{left_out}"


def _form_page(problem: str = "") -> str:
    return render_template("backoffice/imports.html", problem=problem)
