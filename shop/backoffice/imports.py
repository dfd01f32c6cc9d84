"""Reading in articles from a table: upload, look at what would change, then let it happen."""

from contextlib import suppress
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from catalog.exchange.guessing import ForeignHeader
from catalog.exchange.runs import ImportRun, RunState
from catalog.refusals import Refusal
from shop import import_children, import_files, import_previews, import_refused, importing
from shop.backoffice import import_memories, import_shown, import_wishes
from shop.backoffice.import_wishes import NotAWish
from shop.backoffice.notes import say, warn
from shop.context import close_session, session, the_shop
from shop.import_report import in_words, state_in_words
from shop.importing import NoSuchRun, NotImported

blueprint = Blueprint("imports", __name__, url_prefix="/einlesen")

_LARGEST = 64 * 1024 * 1024  # bytes: more than a hundred thousand articles
_AT_ONCE = 1024 * 1024  # of a larger file the plan is made by a process of its own, while the page waits
_NAME_SHOWN = 120
_LISTED = 20
_AGREED = (RunState.AGREED, RunState.RUNNING, RunState.DONE)


class NotTaken(Refusal):
    """The uploaded file is missing or too large."""


@blueprint.get("")
def form() -> Any:
    """The form for a file, and what was read in so far."""
    return _form_page()


@blueprint.post("")
def upload() -> Any:
    """Keep an uploaded file and show what it would change."""
    close_session()
    try:
        number = _receive(request.files.get("datei"))
    except Refusal as refusal:
        return _form_page(refusal.sentence), 422
    return redirect(url_for(".show", number=number), 303)


@blueprint.get("/<int:number>")
def show(number: int) -> Any:
    """An import as it stands: being read, asking, being written, done."""
    run = _run(number)
    return _page(run)


@blueprint.post("/<int:number>/lesen")
def read_again(number: int) -> Any:
    """Read the file again as the owner says."""
    run = _run(number)
    try:
        wished = import_wishes.read(request.form, run)
    except NotAWish as refusal:
        warn(refusal.sentence)
        return _page(run, import_wishes.typed(request.form, run), {refusal.field: refusal.sentence}), 422
    close_session()
    try:
        import_children.plan(the_shop(), number, wished=wished, at_most=_AT_ONCE)
        said = import_memories.remember(number, request.form.get("merken", ""), wished)
        say(said or "Gelesen, wie Sie sagen.")
    except Refusal as refusal:
        if _run(number).error != refusal.sentence:  # else the import's page says it
            warn(refusal.sentence)
    return redirect(url_for(".show", number=number), 303)


@blueprint.post("/<int:number>/uebernehmen")
def carry_out(number: int) -> Any:
    """Write what was agreed to; a large file by a process of its own."""
    run = _run(number)
    if run.state in _AGREED:
        return redirect(url_for(".show", number=number), 303)  # pressed twice
    if not import_shown.has_its_file(the_shop(), run):
        warn("Die Datei ist nicht mehr da. Bitte laden Sie sie noch einmal hoch.")
        return redirect(url_for(".form"), 303)
    close_session()
    try:
        importing.agree(
            the_shop(), number, author=g.account.name, skips_refused=True, agreed=request.form.getlist("ja")
        )
        import_children.begin(the_shop(), number)
    except (NotImported, NoSuchRun) as refusal:
        warn(refusal.sentence)
    return redirect(url_for(".show", number=number), 303)


@blueprint.post("/<int:number>/verwerfen")
def dismiss(number: int) -> Any:
    """Do not read it in."""
    _run(number)
    close_session()
    try:
        importing.dismiss(the_shop(), number)
    except NoSuchRun as refusal:
        warn(refusal.sentence)
        return redirect(url_for(".show", number=number), 303)
    say("Verworfen. Es hat sich nichts geändert.")
    return redirect(url_for(".form"), 303)


@blueprint.post("/<int:number>/fortsetzen")
def go_on(number: int) -> Any:
    """Go on with what was interrupted."""
    run = _run(number)
    close_session()
    if run.state in (RunState.FAILED, RunState.AGREED, RunState.RUNNING) and run.agreed_at is not None:
        import_children.start(the_shop(), number)
    return redirect(url_for(".show", number=number), 303)


@blueprint.get("/<int:number>/abgelehnt")
def refused(number: int) -> Any:
    """The rows that do not fit, as a file to mend, with the reason at the end of each."""
    _run(number)
    try:
        name, content = import_refused.of_run(the_shop(), number)
    except Refusal as refusal:
        warn(refusal.sentence)
        return redirect(url_for(".show", number=number), 303)
    return send_file(BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name)


@blueprint.get("/<int:number>/bild/<int:place>")
def picture(number: int, place: int) -> Any:
    """The picture of a new article that is not in the shop yet."""
    found = import_previews.small(the_shop(), _run(number), place)
    if found is None:
        abort(404)
    answer = send_file(BytesIO(found), mimetype="image/webp")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


def _page(run: ImportRun, typed: dict[str, Any] | None = None, wrong: dict[str, str] | None = None) -> str:
    shown = import_shown.page(session(), the_shop(), run, typed)
    return render_template("backoffice/import.html", **shown | {"wrong": wrong or {}})


def _run(number: int) -> ImportRun:
    run = session().get(ImportRun, number)
    if run is None:
        abort(404)
    return run


def _receive(file: FileStorage | None) -> int:
    """Keep a file and make its plan. Raises NotTaken, and NotATable where it cannot be read at all."""
    content = file.stream.read(_LARGEST + 1) if file else b""
    if not file or not file.filename:
        raise NotTaken("Bitte wählen Sie eine Datei aus.")
    if not content:
        raise NotTaken(f"Die Datei „{file.filename}“ ist leer. Bitte speichern Sie die Tabelle noch einmal.")
    if len(content) > _LARGEST:
        raise NotTaken("Diese Datei ist größer als 64 MB. Bitte teilen Sie sie auf.")
    name = (file.filename or "Datei").replace("\0", "").rpartition("/")[2][-_NAME_SHOWN:]
    number = importing.receive(the_shop(), content, name=name, source="page", author=g.account.name)
    with suppress(ForeignHeader):  # its page asks what the columns are
        import_children.plan(the_shop(), number, at_most=_AT_ONCE)
    return number


def _form_page(problem: str = "") -> str:
    found = importing.latest(session(), _LISTED + 1, before=request.args.get("vor", type=int))
    runs = [(run, in_words(run), state_in_words(run)) for run in found[:_LISTED]]
    older = found[_LISTED - 1].id if len(found) > _LISTED else None
    is_busy = import_files.is_anybody_at_it(the_shop().settings)
    return render_template("backoffice/imports.html", problem=problem, runs=runs, older=older, is_busy=is_busy)
