"""/healthz: whether this process can serve the shop, for whoever watches over it."""

import logging
import os

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from catalog.revisions import Revision
from shop.context import the_shop

log = logging.getLogger("dorfladen")

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> tuple[Response, int]:
    """200 while the database answers and the data folder can be written; else 503, with what is wrong."""
    state = {"database": _database_answers(), "folder": _folder_is_usable()}
    is_fit = all(state.values())
    answer = jsonify(ok=is_fit, **state)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if is_fit else 503


def _database_answers() -> bool:
    try:
        with the_shop().database.reading() as session:
            session.exec(select(Revision.number).limit(1)).first()
    except SQLAlchemyError as error:
        log.error("health: %s", error)
        return False
    return True


def _folder_is_usable() -> bool:
    return os.access(the_shop().settings.data, os.R_OK | os.W_OK | os.X_OK)
