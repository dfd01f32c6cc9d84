"""The newsletter at the owner's desk: the switch, who reads it, writing, trying, sending."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session, col, select

from catalog import revisions
from checkout import outbox
from shop import legal, mail, profile
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed, ticked
from shop.context import now, session, the_shop
from shop.newsletter import issues, subscriptions
from shop.newsletter.issues import NewsletterIssue
from shop.newsletter.subscriptions import BY_OWNER
from shop.smtp import ServerAway

blueprint = Blueprint("newsletter", __name__, url_prefix="/newsletter")


@blueprint.get("")
def index() -> Any:
    """The switch, the readers, the newsletters."""
    terms = issues.terms(session())
    return _page(Typed({"an": ticked(terms.is_on), "stunde": str(terms.per_hour)}), Typed())


@blueprint.post("/einstellungen")
def settle() -> Any:
    """Switch the newsletter on or off; the privacy policy follows."""
    typed = Typed(request.form)
    per_hour = typed.number("stunde", 10, 5000, required="Wie viele Briefe dürfen in einer Stunde hinausgehen?")
    if not typed.is_valid or per_hour is None:
        return _page(typed, Typed()), 422
    terms = issues.terms(session())
    terms.is_on, terms.per_hour = typed.ticked("an"), per_hour
    session().add(terms)
    session().flush()
    owner, shop = profile.load(session()), the_shop()
    legal.refresh(session(), owner, shop.settings, shop.payments, now=now(), author=g.account.name)
    revisions.bump(session(), "shop")
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/abmeldung")
def strike_out() -> Any:
    """Take somebody off who has told the owner herself, or whose mailbox is no more."""
    typed = Typed(request.form)
    email = typed.text("email", required="Welche Adresse?", longest=254)
    found = subscriptions.of(session(), email) if email else None
    if email and found is None:
        typed.errors["email"] = "Diese Adresse bekommt den Newsletter nicht."
    if not typed.is_valid or found is None:
        terms = issues.terms(session())
        return _page(Typed({"an": ticked(terms.is_on), "stunde": str(terms.per_hour)}), typed), 422
    subscriptions.end(session(), found, by=BY_OWNER, now=now())
    session().commit()
    say("Abgemeldet. An diese Adresse geht kein Newsletter mehr.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/neu")
def new() -> Any:
    """An empty sheet."""
    return _sheet(None, Typed())


@blueprint.post("")
def create() -> Any:
    """Keep a new newsletter as a draft."""
    return _save(None)


@blueprint.get("/<int:issue_id>")
def edit(issue_id: int) -> Any:
    """One newsletter: the draft with its preview, or how far it has come."""
    issue = _issue(issue_id)
    return _sheet(issue, Typed({"betreff": issue.subject, "text": issue.body}))


@blueprint.post("/<int:issue_id>")
def save(issue_id: int) -> Any:
    """Change a draft."""
    return _save(_issue(issue_id))


@blueprint.post("/<int:issue_id>/probe")
def try_out(issue_id: int) -> Any:
    """Send it to the owner alone, this very moment."""
    issue = _issue(issue_id)
    owed = issues.test(session(), issue, now())
    letter = outbox.claim_this(session(), owed, now())
    session().commit()
    if letter is not None:
        with suppress(ServerAway):  # noted with the letter
            mail.deliver(current_app, letter)
    _tell_how(session(), owed)
    return redirect(url_for(".edit", issue_id=issue_id), 303)


@blueprint.post("/<int:issue_id>/versand")
def release(issue_id: int) -> Any:
    """Let it go to all readers; the worker hands it out in portions."""
    _issue(issue_id)
    issues.release(session(), issue_id, now=now(), author=g.account.name)
    session().commit()
    say("Der Newsletter ist auf dem Weg. Er geht nach und nach hinaus, Briefe zu Bestellungen gehen vor.")
    return redirect(url_for(".edit", issue_id=issue_id), 303)


def _save(issue: NewsletterIssue | None) -> Any:
    typed = Typed(request.form)
    subject = typed.text("betreff", required="Bitte geben Sie dem Newsletter einen Betreff.", longest=150)
    body = typed.text("text", required="Bitte schreiben Sie etwas.", longest=50_000)
    if not typed.is_valid:
        return _sheet(issue, typed), 422
    written = issues.write(session(), issue, subject=subject, body=body, now=now(), author=g.account.name)
    session().commit()
    say("Gespeichert. Noch ist nichts verschickt.")
    return redirect(url_for(".edit", issue_id=written.id), 303)


def _tell_how(opened: Session, letter_id: int) -> None:
    tested = opened.get_one(outbox.Letter, letter_id, populate_existing=True)
    if tested.sent_at and the_shop().settings.smtp_url:
        say(f"Die Probe ist unterwegs an {profile.load(opened).email}. Bitte lesen Sie sie dort.")
    elif tested.sent_at:
        warn("Noch ist kein Postausgang eingerichtet: Die Probe wurde nur aufgehoben. Sie steht unter „Post“.")
    else:
        warn(f"Die Probe ging nicht hinaus. {tested.last_error}")


def _issue(issue_id: int) -> NewsletterIssue:
    return session().get(NewsletterIssue, issue_id) or abort(404)


def _sheet(issue: NewsletterIssue | None, typed: Typed) -> str:
    return render_template(
        "backoffice/newsletter_issue.html",
        issue=issue,
        typed=typed,
        readers=issues.how_many(session()),
        reached=issues.reached(session(), issue) if issue else 0,
        is_on=issues.is_on(session()),
    )


def _page(typed: Typed, leaving: Typed) -> str:
    written = select(NewsletterIssue).order_by(col(NewsletterIssue.id).desc()).limit(100)
    return render_template(
        "backoffice/newsletter.html",
        typed=typed,
        leaving=leaving,
        readers=issues.how_many(session()),
        written=session().exec(written).all(),
        is_on=issues.is_on(session()),
    )
