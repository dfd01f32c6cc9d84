"""Makers of goods, with the address that every offer must name."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col, func, select
from werkzeug.wrappers import Response

from catalog import makers, revisions
from catalog.makers import Maker
from catalog.products import Product
from shop.backoffice import drafts, maker_form, words
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("makers", __name__, url_prefix="/hersteller")


@blueprint.get("")
def index() -> Any:
    """All makers, those first whose data is incomplete."""
    counted = session().exec(select(Product.maker_id, func.count()).group_by(col(Product.maker_id))).all()
    articles = dict(counted)
    rows = [(each, makers.missing(each), articles.get(each.id, 0)) for each in makers.by_name(session())]
    return render_template("backoffice/makers.html", rows=sorted(rows, key=lambda row: not row[1]))


@blueprint.get("/neu")
def new() -> Any:
    """The form of a new maker."""
    return _page(None, Typed({"land": "DE"}))


@blueprint.post("")
def create() -> Any:
    """Add a maker."""
    return _save(None, "Der Hersteller ist angelegt.")


@blueprint.get("/<int:maker_id>")
def edit(maker_id: int) -> Any:
    """One maker."""
    maker = session().get(Maker, maker_id) or abort(404)
    return _page(maker, maker_form.typed_of(maker))


@blueprint.post("/<int:maker_id>")
def save(maker_id: int) -> Any:
    """Save a maker's address; the pages of its articles follow."""
    return _save(session().get(Maker, maker_id) or abort(404), "Gespeichert.")


def _save(maker: Maker | None, done: str) -> Any:
    typed = Typed(request.form)
    name = typed.text("name", required="Bitte nennen Sie den Hersteller.", longest=120)
    values = maker_form.read(typed)
    maker_id = maker.id if maker is not None else None
    if any(other.name == name and other.id != maker_id for other in makers.by_name(session())):
        typed.errors["name"] = "Diesen Hersteller gibt es schon."
    if not typed.is_valid:
        return _page(maker, typed), 422
    kept = maker or makers.named(session(), name)
    makers.describe(session(), kept.id or 0, {"name": name} | values, now())
    revisions.bump(session())
    drafts.withdraw_incomplete(makers.goods_of(session(), kept.id or 0))
    session().commit()
    say(done)
    return _back()


def _back() -> Response:
    """To the article from which the maker's page was opened, else to all makers."""
    article = _article(request.form.get("artikel", ""))
    if article is None:
        return redirect(url_for(".index"), 303)
    return redirect(url_for("backoffice.products.edit", product_id=article.id, _anchor="hersteller"), 303)


def _article(text: str) -> Product | None:
    product_id = whole_number(text)
    return None if product_id is None else session().get(Product, product_id)


def _page(maker: Maker | None, typed: Typed) -> str:
    return render_template(
        "backoffice/maker.html",
        maker=maker,
        gaps=makers.missing(maker) if maker else [],
        typed=typed,
        countries=words.COUNTRIES,
        article=_article(request.values.get("artikel", "")),
    )
