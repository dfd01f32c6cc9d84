"""Taking an import back: first what would go back and what would stay, then the button."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from shop import import_children, undoing
from shop.backoffice.notes import say, warn
from shop.context import close_session, session, the_shop
from shop.importing import NoSuchRun, get

blueprint = Blueprint("imports_back", __name__, url_prefix="/einlesen/<int:number>/zuruecknehmen")

_SHOWN = 100


@blueprint.get("")
def look(number: int) -> Any:
    """What would go back, and what would stay and why."""
    try:
        run = get(session(), number)
        report = undoing.look(the_shop(), number)
    except NoSuchRun as refusal:
        warn(refusal.sentence)
        return redirect(url_for("backoffice.imports.form"), 303)
    return render_template("backoffice/import_back.html", run=run, report=report, shown=_SHOWN)


@blueprint.post("")
def take_back(number: int) -> Any:
    """Take it back: a small one at once, a larger one by a process of its own."""
    close_session()
    try:
        if import_children.begin_undo(the_shop(), number, author=g.account.name):
            say("Zurückgenommen.")
    except NoSuchRun as refusal:
        warn(refusal.sentence)
    return redirect(url_for("backoffice.imports.show", number=number), 303)
