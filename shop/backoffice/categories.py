"""Categories: the departments through which shoppers walk."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import col, select

from catalog import categories, products, redirects, revisions
from catalog.categories import Category
from catalog.products import ProductCategory
from catalog.refusals import Refusal
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed, whole_number
from shop.context import now, session

blueprint = Blueprint("categories", __name__, url_prefix="/kategorien")

_NO_NAME = "Bitte geben Sie der Kategorie einen Namen."


@blueprint.get("")
def index() -> Any:
    """The tree, with how many articles stand in each category."""
    return _index(Typed())


@blueprint.post("")
def create() -> Any:
    """Add a category at the top or below another."""
    typed = Typed(request.form)
    name = typed.text("name", required=_NO_NAME, longest=120)
    parent_id = whole_number(typed.raw("unter"))
    parent = session().get(Category, parent_id) if parent_id is not None else None
    if typed.is_valid and any(each.name == name for each in _siblings(parent.id if parent else None)):
        typed.errors["name"] = "Diese Kategorie gibt es dort schon."
    if not typed.is_valid:
        return _index(typed), 422
    categories.add(session(), name, parent.id if parent else None)
    session().commit()
    say(f"„{name}“ ist angelegt.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:category_id>")
def edit(category_id: int) -> Any:
    """One category."""
    category = _category(category_id)
    return _page(category, Typed({"name": category.name, "text": category.description, "adresse": category.slug}))


@blueprint.post("/<int:category_id>")
def save(category_id: int) -> Any:
    """Rename a category. Its address changes only if the owner wants so; links to the old one go on leading here."""
    category = _category(category_id)
    typed = Typed(request.form)
    name, text = typed.text("name", required=_NO_NAME, longest=120), typed.text("text", longest=2000)
    is_renamed = name != category.name
    if typed.is_valid:
        category.name, category.description = name, text
        session().add(category)
        _move_to(category, typed)
    if not typed.is_valid:
        session().rollback()
        return _page(category, typed), 422
    session().flush()
    if is_renamed:
        products.touch_in(session(), categories.ids_below(session(), category_id), now())
    return _done("Gespeichert.")


@blueprint.post("/<int:category_id>/platz")
def move(category_id: int) -> Any:
    """Move a category one place up or down among its neighbours."""
    category = _category(category_id)
    row = _siblings(category.parent_id)
    place = [each.id for each in row].index(category_id)
    target = place + (1 if request.form.get("richtung") == "zurueck" else -1)
    if 0 <= target < len(row):
        row[place], row[target] = row[target], row[place]
    for position, each in enumerate(row):
        each.position = position
        session().add(each)
    return _done()


@blueprint.post("/<int:category_id>/entfernung")
def remove(category_id: int) -> Any:
    """Remove an empty category."""
    category = _category(category_id)
    if _siblings(category_id) or _articles_in(category_id):
        warn(f"„{category.name}“ ist nicht leer. Verschieben Sie zuerst, was darin steht.")
        return redirect(url_for(".edit", category_id=category_id), 303)
    redirects.forget_category(session(), category_id)
    session().delete(category)
    return _done(f"„{category.name}“ ist entfernt.")


def _done(sentence: str = "") -> Any:
    revisions.bump(session())
    session().commit()
    if sentence:
        say(sentence)
    return redirect(url_for(".index"), 303)


def _move_to(category: Category, typed: Typed) -> None:
    """Give a category the address that was typed; a form without the field leaves it alone."""
    if "adresse" in typed.texts:
        try:
            redirects.rename_category(session(), category, typed.raw("adresse"), now())
        except Refusal as refusal:
            typed.errors["adresse"] = refusal.sentence


def _category(category_id: int) -> Category:
    return session().get(Category, category_id) or abort(404)


def _siblings(parent_id: int | None) -> list[Category]:
    rows = select(Category).where(col(Category.parent_id).is_not_distinct_from(parent_id))
    return list(session().exec(rows.order_by(col(Category.position), col(Category.name))).all())


def _articles_in(category_id: int) -> int:
    counted = select(func.count()).select_from(ProductCategory).where(col(ProductCategory.category_id) == category_id)
    return session().exec(counted).one()


def _index(typed: Typed) -> str:
    counts = (
        session()
        .exec(select(ProductCategory.category_id, func.count()).group_by(col(ProductCategory.category_id)))
        .all()
    )
    return render_template(
        "backoffice/categories.html", tree=categories.tree(session()), counts=dict(counts), typed=typed
    )


def _page(category: Category, typed: Typed) -> str:
    return render_template(
        "backoffice/category.html",
        category=category,
        typed=typed,
        is_empty=not _siblings(category.id) and not _articles_in(category.id or 0),
    )
