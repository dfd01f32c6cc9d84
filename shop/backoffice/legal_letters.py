"""Texts and sheets that the law asks for outside the shop's pages: answers to complaints, the notice for the store."""

from typing import Any

from flask import Blueprint, Response, render_template

from checkout import wordings
from shop import artwork, legal_papers, profile, themes
from shop.context import now, session, the_shop

blueprint = Blueprint("legal_letters", __name__, url_prefix="/vorlagen")


@blueprint.get("")
def index() -> Any:
    """All of them."""
    return render_template(
        "backoffice/legal_letters.html",
        owner=profile.load(session()),
        wordings=wordings,
        has_artwork=artwork.notice(session()) is not None,
    )


@blueprint.get("/aushang.pdf")
def store_notice() -> Response:
    """The notice on the legal guarantee for the wall of the store (Art. 246 EGBGB, since 27 September 2026)."""
    settings = the_shop().settings
    owner, notice = profile.load(session()), artwork.notice(session())
    made_at = notice.uploaded_at if notice else now()
    folders = themes.chain(settings.themes, settings.theme)
    pdf = legal_papers.store_notice(owner, folders, made_at, notice=notice, folder=settings.artwork)
    headers = {"Content-Disposition": 'inline; filename="Aushang-Gewaehrleistung.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)
