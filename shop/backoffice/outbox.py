"""Letters: what went out, what waits, what could not be delivered."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col, select

from checkout import outbox
from checkout.outbox import Letter
from shop import letters, mail
from shop.backoffice.notes import say
from shop.backoffice.typed import whole_number
from shop.context import now, session, the_shop

blueprint = Blueprint("outbox", __name__, url_prefix="/post")

PAGE = 50
KINDS = letters.labels()


@blueprint.get("")
def index() -> Any:
    """The letters, those that need a person first."""
    page = max(1, whole_number(request.args.get("seite", "")) or 1)
    found = (
        session()
        .exec(
            select(Letter)
            .order_by(
                col(Letter.given_up_at).is_(None),
                col(Letter.sent_at).is_not(None),
                col(Letter.id).desc(),
            )
            .offset((page - 1) * PAGE)
            .limit(PAGE + 1)
        )
        .all()
    )
    return render_template(
        "backoffice/outbox.html",
        letters=found[:PAGE],
        filed={each.id for each in found if mail.is_only_filed(the_shop().settings.mail, each)},
        page=page,
        has_more=len(found) > PAGE,
        kinds=KINDS,
        moment=now(),
        has_mail_server=bool(the_shop().settings.smtp_url),
    )


@blueprint.get("/<int:letter_id>")
def show(letter_id: int) -> Any:
    """One letter as it was sent, or why it was not."""
    letter = session().get(Letter, letter_id) or abort(404)
    about, _, number = letter.reason.partition(":")
    return render_template(
        "backoffice/letter.html",
        letter=letter,
        is_filed=mail.is_only_filed(the_shop().settings.mail, letter),
        kinds=KINDS,
        order_id=int(number) if about == "order" and number.isdigit() else None,
    )


@blueprint.post("/<int:letter_id>/versuch")
def send_again(letter_id: int) -> Any:
    """Try an undelivered letter again at once; one that was sent is never sent twice."""
    letter = session().get(Letter, letter_id) or abort(404)
    if letter.sent_at is None:
        outbox.retry(session(), letter_id, now())
        session().commit()
        say("Der Brief geht in der nächsten Minute noch einmal auf die Reise.")
    return redirect(url_for(".show", letter_id=letter_id), 303)
