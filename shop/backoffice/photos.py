"""Many photographs at once: sent one by one, taken in by the worker, then hung on their articles."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Integer
from sqlmodel import Session, col, func, or_, select
from werkzeug.datastructures import FileStorage

from catalog import photo_inbox, picture_folder, slugs
from catalog.photo_inbox import IncomingPhoto, PhotoState
from catalog.picture_folder import Target
from catalog.products import Product
from catalog.refusals import Refusal
from shop import photos
from shop.backoffice import uploads
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import whole_number
from shop.context import now, session, the_shop

blueprint = Blueprint("photos", __name__, url_prefix="/fotos")

AT_ONCE = 60  # photographs to be assigned on one page
_MOST = 1000  # of one batch
_LISTED = 12  # articles that a word may mean
_BATCH = re.compile(r"[0-9a-f]{16}")
_RELOAD_S = 3


class NotTaken(Refusal):
    """No photograph came along, or too many."""


@blueprint.get("")
def index() -> Any:
    """The form for many photographs, those that wait to be assigned, and the last batches."""
    found, total = photo_inbox.unassigned(session(), AT_ONCE)
    return render_template(
        "backoffice/photos.html",
        batch=secrets.token_hex(8),
        found=found,
        total=total,
        at_once=AT_ONCE,
        batches=_last_batches(),
        article=request.args.get("artikel", "")[:100],
        last=_last_article(),
    )


@blueprint.post("/<batch>")
def upload(batch: str) -> Any:
    """Lay photographs into the inbox: one and its number from our script, or several from the bare form."""
    _check(batch)
    files = [file for file in request.files.getlist("fotos") if file.filename]
    number = whole_number(request.form.get("nummer", "0"))
    if not files or number is None or number + len(files) > _MOST:
        raise NotTaken(f"Bitte wählen Sie Fotos aus, höchstens {_MOST} auf einmal.")
    problem = _take(batch, number, files)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(satz=problem), 507 if problem else 200
    if problem:
        warn(problem)
    return redirect(url_for(".show", batch=batch), 303)


@blueprint.get("/<batch>")
def show(batch: str) -> Any:
    """How far a batch is; the page comes anew by itself as long as something waits."""
    _check(batch)
    progress = photo_inbox.progress(session(), batch)
    if not progress.total:
        abort(404)
    rows = session().exec(select(IncomingPhoto).where(IncomingPhoto.batch == batch).order_by(col(IncomingPhoto.id)))
    found = list(rows.all())
    kept = [each for each in found if each.state == PhotoState.DONE]
    page = render_template(
        "backoffice/photos_batch.html",
        batch=batch,
        progress=progress,
        refused=[each for each in found if each.state == PhotoState.REFUSED],
        kept=kept,
        twice=_seen_before(kept),
        hung_on=photo_inbox.hung_on(session(), [each.hash for each in found if each.hash]),
        has_room=photos.has_room(the_shop().settings),
    )
    return (page, 200, {"Refresh": str(_RELOAD_S)}) if progress.waiting else page


@blueprint.post("/zuordnung")
def assign() -> Any:
    """Hang the ticked photographs on an article; where a word means several, ask which."""
    ids = _ticked()
    wanted = request.form.get("artikel", "").strip()[:100]
    exactly = session().get(Product, whole_number(request.form.get("genau", "")) or 0)
    if not ids or not (wanted or exactly):
        warn("Bitte kreuzen Sie Fotos an und sagen Sie, zu welchem Artikel sie gehören.")
        return redirect(url_for(".index", artikel=wanted or None), 303)
    targets = [Target(exactly.id or 0, None, exactly.name)] if exactly else _meant(session(), wanted)
    if len(targets) != 1:
        session().rollback()
        return render_template("backoffice/photos_which.html", ids=ids, wanted=wanted, targets=targets)
    count = photo_inbox.assign(session(), ids, targets[0], now())
    session().commit()
    say(f"{'1 Foto hängt' if count == 1 else f'{count} Fotos hängen'} jetzt an „{targets[0].alt}“.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/neuer-artikel")
def begin_article() -> Any:
    """Begin a new article with the ticked photographs."""
    rows = session().exec(select(IncomingPhoto).where(col(IncomingPhoto.id).in_(_ticked())))
    hashes = [each.hash for each in rows.all() if each.state == PhotoState.DONE]
    if not hashes:
        warn("Bitte kreuzen Sie die Fotos des neuen Artikels an.")
        return redirect(url_for(".index"), 303)
    return redirect(url_for("backoffice.new_product.form", foto=hashes), 303)


@blueprint.post("/weg")
def dismiss() -> Any:
    """Forget the ticked photographs, which nobody needs."""
    ids = _ticked()
    photo_inbox.dismiss(session(), ids)
    session().commit()
    if ids:
        say("1 Foto ist weggelegt." if len(ids) == 1 else f"{len(ids)} Fotos sind weggelegt.")
    return redirect(url_for(".index"), 303)


def _take(batch: str, number: int, files: Sequence[FileStorage]) -> str:
    """Lay files into the inbox and note them; gives a sentence where the disk is full before all are there. Commits."""
    names, problem = [], ""
    for place, file in enumerate(files, start=number):
        name = f"{batch}-{place:04d}"
        try:
            uploads.put_into_inbox(file, name)
        except uploads.NoRoom as refusal:
            problem = refusal.sentence
            break
        names.append((name, str(file.filename).replace("\\", "/").rpartition("/")[2]))
    for name, called in names:
        photo_inbox.arrive(session(), batch=batch, name=called, file=name, now=now(), author=g.account.name)
    session().commit()
    return problem


def _seen_before(photos: Sequence[IncomingPhoto]) -> set[int | None]:
    """Those whose content came earlier in the batch, under whatever name."""
    first = {each.hash: each.id for each in reversed(photos)}
    return {each.id for each in photos if first[each.hash] != each.id}


def _check(batch: str) -> None:
    """404 for what cannot be a batch, so that no path can be smuggled in."""
    if not _BATCH.fullmatch(batch):
        abort(404)


def _ticked() -> list[int]:
    numbers = (whole_number(text) for text in request.form.getlist("foto")[:_MOST])
    return [number for number in numbers if number is not None]


def _meant(opened: Session, wanted: str) -> list[Target]:
    """The articles that a word means: by number or address exactly, else by a part of the name; at most a dozen."""
    exactly = picture_folder.targets(opened).get(slugs.slugify(wanted))
    if exactly is not None:
        return [exactly]
    words = [func.lower(Product.name).contains(word, autoescape=True) for word in wanted.lower().split()]
    rows = opened.exec(
        select(Product.id, Product.name).where(*words).order_by(col(Product.name), col(Product.id)).limit(_LISTED)
    ).all()
    return [Target(product_id, None, name) for product_id, name in rows if product_id is not None]


def _last_article() -> str:
    """The name of the article on which photographs were hung last: series are assigned in turns."""
    wanted = (
        select(Product.name)
        .join(IncomingPhoto, col(IncomingPhoto.product_id) == Product.id)
        .order_by(col(IncomingPhoto.id).desc())
    )
    return session().exec(wanted.limit(1)).first() or ""


def _last_batches() -> Sequence[Any]:
    """Batches of which photographs wait or were refused, the newest first: name, begun, waiting, refused."""
    is_state = {state: func.sum((col(IncomingPhoto.state) == state).cast(Integer)) for state in PhotoState}
    wanted = (
        select(
            IncomingPhoto.batch,
            func.min(IncomingPhoto.arrived_at),
            is_state[PhotoState.WAITING],
            is_state[PhotoState.REFUSED],
        )
        .group_by(col(IncomingPhoto.batch))
        .having(or_(is_state[PhotoState.WAITING] > 0, is_state[PhotoState.REFUSED] > 0))
        .order_by(func.max(IncomingPhoto.id).desc())
    )
    return session().execute(wanted.limit(5)).all()
