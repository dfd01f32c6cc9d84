"""Letters: what went out, what waits, what could not be delivered."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import col, select

from checkout import outbox
from checkout.outbox import Letter
from shop import letters, mail, profile
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import whole_number
from shop.context import now, session, the_shop
from shop.personal import archive
from shop.smtp import ServerAway

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
            .where(archive.is_in_sight(Letter))
            .order_by(
                col(Letter.given_up_at).is_(None),
                col(Letter.handing_over_at).is_(None) | col(Letter.sent_at).is_not(None),
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
        doubtful={each.id for each in found if outbox.is_in_doubt(each, now())},
        has_mail_server=bool(the_shop().settings.smtp_url),
        own_address=profile.load(session()).email,
    )


@blueprint.get("/<int:letter_id>")
def show(letter_id: int) -> Any:
    """One letter as it was sent, or why it was not."""
    in_sight = select(Letter).where(Letter.id == letter_id, archive.is_in_sight(Letter))
    letter = session().exec(in_sight).first() or abort(404)
    about, _, number = letter.reason.partition(":")
    return render_template(
        "backoffice/letter.html",
        letter=letter,
        is_filed=mail.is_only_filed(the_shop().settings.mail, letter),
        is_doubtful=outbox.is_in_doubt(letter, now()),
        kinds=KINDS,
        order_id=int(number) if about == "order" and number.isdigit() else None,
    )


@blueprint.post("/<int:letter_id>/versuch")
def send_again(letter_id: int) -> Any:
    """Try an undelivered letter again at once; one that was sent, or perhaps was, is not sent by this."""
    letter = session().get(Letter, letter_id) or abort(404)
    if letter.sent_at is None and letter.handing_over_at is None:
        outbox.retry(session(), letter_id, now())
        session().commit()
        say("Der Brief geht in der nächsten Minute noch einmal auf die Reise.")
    return redirect(url_for(".show", letter_id=letter_id), 303)


@blueprint.post("/<int:letter_id>/entscheidung")
def decide(letter_id: int) -> Any:
    """What the owner has found out about a letter in doubt: it has arrived, or it shall go out again."""
    session().get(Letter, letter_id) or abort(404)
    if request.form.get("wie") == "angekommen":
        outbox.has_arrived(session(), letter_id, author=g.account.name, now=now())
        said = "Gut. Der Brief gilt als angekommen."
    else:
        outbox.send_again(session(), letter_id, author=g.account.name, now=now())
        said = "Der Brief geht in der nächsten Minute noch einmal auf die Reise."
    session().commit()
    say(said)
    return redirect(url_for(".show", letter_id=letter_id), 303)


@blueprint.post("/probebrief")
def send_test() -> Any:
    """Send the owner a letter this very moment, and say how that went."""
    address = profile.load(session()).email
    reason = f"test:{int(now().timestamp())}"
    outbox.queue(session(), "test", reason, outbox.OWNER, now())
    owed = session().exec(select(Letter.id).where(Letter.reason == reason)).one()
    letter = outbox.claim_this(session(), owed or 0, now())
    session().commit()
    if letter is not None:
        with suppress(ServerAway):  # noted with the letter
            mail.deliver(current_app, letter)
    return _tell_how(owed or 0, address)


def _tell_how(letter_id: int, address: str) -> Any:
    """How the test letter went; one that did not go out is struck out, lest it comes when nobody expects it."""
    tested = session().get_one(Letter, letter_id, populate_existing=True)
    if mail.is_only_filed(the_shop().settings.mail, tested) and not the_shop().settings.smtp_url:
        warn("Noch ist kein Postausgang eingerichtet: Der Probebrief wurde nur aufgehoben, nicht verschickt.")
    elif tested.sent_at:
        say(f"Ihr E-Mail-Anbieter hat den Probebrief an {address} angenommen. Sehen Sie jetzt in Ihr Postfach.")
    elif tested.handing_over_at:
        warn(f"Der Probebrief ist vielleicht angekommen, vielleicht nicht. {tested.last_error}")
    else:
        warn(f"Der Probebrief ging nicht hinaus. {tested.last_error}")
        session().delete(tested)
    session().commit()
    return redirect(url_for(".index"), 303)
