"""The official pictures: the notice on the legal guarantee, and the labels of makers' guarantees."""

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from sqlmodel import col, select

from catalog import products
from catalog.products import Product
from shop import artwork, legal_papers, profile, themes
from shop.artwork import GuaranteeNotice, NotArtwork, Sheet
from shop.backoffice.notes import say, warn
from shop.context import now, session, the_shop

blueprint = Blueprint("artwork", __name__)

REGULATION = "https://eur-lex.europa.eu/eli/reg_impl/2025/1960/oj"


@blueprint.get("/gewaehrleistung")
def index() -> Any:
    """The notice that is shown, what can be said of it, and the ones before it."""
    versions = session().exec(select(GuaranteeNotice).order_by(col(GuaranteeNotice.id).desc())).all()
    standing = versions[0] if versions else None
    return render_template(
        "backoffice/artwork.html",
        notice=standing,
        before=versions[1:],
        is_whole=standing is not None and artwork.is_whole(the_shop().settings.artwork, standing.file),
        verdict=artwork.hash_verdict(standing.sha256) if standing else "",
        doubts=artwork.doubts(standing) if standing else (),
        regulation=REGULATION,
    )


@blueprint.post("/gewaehrleistung")
def upload() -> Any:
    """Show another file from now on; orders keep the one that they were placed under."""
    author = g.account.name
    session().commit()  # looking at a picture takes a while
    sheet = _kept("notice")
    if sheet is not None and "verglichen" not in request.form:
        warn("Bitte kreuzen Sie an, dass es die amtliche Datei ist, unverändert.")
    elif sheet is not None:
        artwork.show(session(), sheet, now=now(), author=author)
        session().commit()
        say("Die amtliche Mitteilung ist jetzt im Laden zu sehen.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/gewaehrleistung/aushang.pdf")
def sheet() -> Any:
    """The notice alone, to be printed on A4 for the store (Art. 246 EGBGB); where there is none, how to get it."""
    standing = artwork.notice(session())
    if standing is None:
        return redirect(url_for(".index"), 303)
    settings = the_shop().settings
    pdf = legal_papers.store_notice(
        profile.load(session()), themes.chain(settings.themes, settings.theme), now(), notice=standing,
        folder=settings.artwork,
    )  # fmt: skip
    return send_file(BytesIO(pdf), mimetype="application/pdf", download_name="gewaehrleistung.pdf")


@blueprint.post("/artikel/<int:product_id>/garantie-etikett")
def label(product_id: int) -> Any:
    """Hang the maker's label of a guarantee on an article, or take it away."""
    if session().get(Product, product_id) is None:
        abort(404)
    session().commit()
    if "weg" in request.form:
        _hang(product_id, "")
        say("Das Etikett ist weg.")
    elif (found := _kept("label")) is not None:
        _hang(product_id, found.file)
        say("Das Etikett steht jetzt beim Artikel.")
    return redirect(url_for("backoffice.products.edit", product_id=product_id, _anchor="etikett"), 303)


def _hang(product_id: int, file: str) -> None:
    product = session().get_one(Product, product_id, with_for_update=True)
    if product.guarantee_label != file:
        product.guarantee_label = file
        product.updated_at, product.updated_by = now(), g.account.name
        session().flush()
        products.touch(session(), product_id, now())
    session().commit()


def _kept(purpose: str) -> Sheet | None:
    """The uploaded file, checked and kept; None after saying why not."""
    file = request.files.get("datei")
    if file is None or not file.filename:
        warn("Bitte wählen Sie eine Datei.")
        return None
    content = file.stream.read(artwork.LARGEST_FILE + 1)
    try:
        found = artwork.check(content, purpose)
    except NotArtwork as refusal:
        warn(f"„{file.filename}“: {refusal.sentence}")
        return None
    artwork.keep(the_shop().settings.artwork, content, found)
    return found
