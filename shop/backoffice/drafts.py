"""Drafts: articles that lost something the law wants shown, and finished ones that go into the shop together."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import col, func, select

from catalog import products, readiness
from catalog.products import Product
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import whole_number
from shop.context import now, session

blueprint = Blueprint("drafts", __name__, url_prefix="/artikel/entwuerfe")

MOST = 200  # on one page, so that a form stays small
COUNTED = 500  # with more drafts than this their finished ones are not counted on every list
_NAMED = 5  # articles in a note


def withdraw_incomplete(product_ids: Iterable[int]) -> None:
    """Make articles drafts that lack something after a change, and say so on the page that follows.

    Every door that can take something away calls this before it commits.
    """
    withdrawn = readiness.keep_true(session(), product_ids, now())
    for each in withdrawn[:_NAMED]:
        warn(
            f"„{each.name}“ ist jetzt wieder ein Entwurf und im Laden nicht mehr zu sehen. "
            + " ".join(gap.sentence for gap in each.gaps)
        )
    if len(withdrawn) > _NAMED:
        warn(f"Noch {len(withdrawn) - _NAMED} weitere Artikel sind aus demselben Grund wieder Entwürfe.")


@blueprint.get("")
def index() -> Any:
    """The drafts that lack nothing, ticked; those that were withdrawn on purpose are named and not ticked."""
    return render_template("backoffice/product_drafts.html", drafts=finished(MOST), most=MOST)


@blueprint.post("")
def publish() -> Any:
    """Put the ticked drafts into the shop; what lacks something by now stays a draft and is named."""
    wanted = [each for text in request.form.getlist("artikel") if (each := whole_number(text)) is not None][:MOST]
    found = readiness.missing_of(session(), wanted)
    ready = [product_id for product_id, gaps in found.items() if not gaps]
    with products.touched_once(session()):
        for product_id in ready:
            products.publish(session(), session().get_one(Product, product_id), now())
    session().commit()
    if ready:
        say("1 Artikel ist jetzt im Laden." if len(ready) == 1 else f"{len(ready)} Artikel sind jetzt im Laden.")
    left = len(found) - len(ready)
    if left:
        still = "1 davon ist Entwurf geblieben" if left == 1 else f"{left} davon sind Entwürfe geblieben"
        warn(f"{still}: Inzwischen fehlt etwas.")
    if not wanted:
        warn("Es war nichts angekreuzt.")
    return redirect(url_for("backoffice.products.index", zeigen="im-laden" if ready else "entwuerfe"), 303)


def finished(most: int) -> list[Product]:
    """The drafts that lack nothing, newest first, at most so many."""
    found: list[Product] = []
    drafts = session().exec(
        select(Product.id).where(col(Product.published_at).is_(None)).order_by(col(Product.id).desc())
    )
    ids = [each for each in drafts.all() if each is not None]
    for start in range(0, len(ids), COUNTED):
        gaps = readiness.missing_of(session(), ids[start : start + COUNTED])
        found += [session().get_one(Product, each) for each in sorted(gaps, reverse=True) if not gaps[each]]
        if len(found) >= most:
            break
    return found[:most]


def finished_count() -> int | None:
    """How many drafts lack nothing; None where there are too many drafts to look at each time."""
    drafts = session().exec(select(func.count()).select_from(Product).where(col(Product.published_at).is_(None))).one()
    return len(finished(COUNTED)) if drafts <= COUNTED else None
