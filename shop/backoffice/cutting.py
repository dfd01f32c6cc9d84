"""The cutting list (Zuschnittliste): the pieces of all orders to do, roll by roll, by place in the store."""

from typing import Any

from flask import Blueprint, render_template

from shop.backoffice import cut_list
from shop.context import now, session

blueprint = Blueprint("cutting", __name__, url_prefix="/zuschnitt")


@blueprint.get("")
def index() -> Any:
    """The list, to take along on the phone or on paper."""
    return render_template("backoffice/cutting.html", spots=cut_list.to_do(session()), today=now())
