"""Data protection at the owner's desk: who gets data, with which contracts; the papers; tests of the backups."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from catalog import revisions
from shop import legal, processors, profile, restore_tests, themes
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.formats import BERLIN
from shop.papers import text
from shop.personal import papers
from shop.personal.papers import Breach
from shop.processors import Recipient

blueprint = Blueprint("privacy", __name__, url_prefix="/datenschutz")


@blueprint.get("")
def index() -> Any:
    """Everything about data protection in one place."""
    return render_template(
        "backoffice/privacy.html",
        recipients=_recipients(),
        papers=papers.TITLES,
        tested=restore_tests.last(session()),
        is_sqlite=the_shop().database.is_sqlite,
    )


@blueprint.get("/empfaenger/<key>")
def edit(key: str) -> Any:
    """Somebody who gets data, with what was agreed."""
    found = _recipient(key)
    agreed = found.agreed_on.isoformat() if found.agreed_on else ""
    return _recipient_page(found, Typed({"name": found.name, "vertrag": agreed, "ohne": found.no_contract}))


@blueprint.post("/empfaenger/<key>")
def save(key: str) -> Any:
    """Note the contract, or why there is none; the privacy policy follows where it names them."""
    found, typed = _recipient(key), Typed(request.form)
    name, without = typed.text("name", longest=200), typed.text("ohne", longest=300)
    agreed_on = typed.day("vertrag")
    if not typed.is_valid:
        return _recipient_page(found, typed), 422
    processors.note(
        session(), key, name=name, agreed_on=agreed_on, no_contract=without, now=now(), author=g.account.name
    )
    return _done()


@blueprint.get("/empfaenger")
def new() -> Any:
    """The form of somebody whom only the owner knows."""
    return render_template("backoffice/privacy_new.html", typed=Typed({"auftrag": "ja"}))


@blueprint.post("/empfaenger")
def enter() -> Any:
    """Enter somebody of whom the shop cannot know."""
    typed = Typed(request.form)
    label = typed.text("wer", required="Wer ist es? Zum Beispiel „Fotodienst“.", longest=80)
    gets = typed.text("was", required="Was bekommt er, und wozu?", longest=300)
    if not typed.is_valid:
        return render_template("backoffice/privacy_new.html", typed=typed), 422
    processors.enter(
        session(), label=label, gets=gets, is_processor=typed.ticked("auftrag"), now=now(), author=g.account.name
    )
    return _done()


@blueprint.post("/empfaenger/<key>/streichung")
def strike_out(key: str) -> Any:
    """Take away somebody whom the owner has entered herself."""
    processors.strike_out(session(), key)
    return _done()


@blueprint.get("/papier/<name>")
def paper(name: str) -> Any:
    """One of the papers, to read."""
    if name not in papers.TITLES:
        abort(404)
    body = papers.write(session(), name, the_shop(), _breach())
    return render_template(
        "backoffice/privacy_paper.html",
        name=name,
        title=papers.TITLES[name],
        body=body,
        known=request.args.get("seit", ""),
    )


@blueprint.get("/papier/<name>.pdf")
def paper_as_pdf(name: str) -> Response:
    """One of the papers, to keep."""
    if name not in papers.TITLES:
        abort(404)
    body, owner = papers.write(session(), name, the_shop(), _breach()), profile.load(session())
    session().rollback()  # printing takes a moment
    settings = the_shop().settings
    folders = themes.chain(settings.themes, settings.theme)
    content = text.write(papers.TITLES[name], body, owner=owner, themes=folders, made_at=now())
    return Response(content, mimetype="application/pdf",
                    headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})  # fmt: skip


@blueprint.post("/sicherungsprobe")
def try_backup() -> Any:
    """Bring the newest backup back into an empty folder, now; or note that it was done elsewhere (PostgreSQL)."""
    shop = the_shop()
    session().rollback()  # the test has a transaction of its own
    if not shop.database.is_sqlite:
        with shop.database.writing() as opened:
            restore_tests.note(opened, "pg_dump", orders=0, problem="", now=now(), author=g.account.name)
        say("Notiert: Heute haben Sie eine Sicherung zurückgespielt.")
        return redirect(url_for(".index"), 303)
    tested = restore_tests.run(shop.settings, shop.database, now=now(), author=g.account.name)
    if tested is None:
        warn("Es gibt noch keine Sicherung. Sie entsteht jede Nacht, sofort mit: python3 run.py backup")
    elif tested.problem:
        warn(tested.problem)
    else:
        say(f"{tested.file} wurde zurückgespielt und gelesen: {tested.orders} Bestellungen, alle Bilder da.")
    return redirect(url_for(".index"), 303)


def _done() -> Any:
    owner, shop = profile.load(session()), the_shop()
    session().flush()
    legal.refresh(session(), owner, shop.settings, shop.payments, now=now(), author=g.account.name)
    revisions.bump(session(), "shop")
    session().commit()
    say("Gespeichert.")
    return redirect(url_for(".index"), 303)


def _breach() -> Breach | None:
    """The breach whose moment stands in the address, as a form's field writes it: 2026-11-27T18:05, in Berlin."""
    try:
        known = datetime.fromisoformat(request.args.get("seit", "")).replace(tzinfo=BERLIN)
    except ValueError:
        return None
    return Breach(known) if abs(known - now()) < timedelta(days=3650) else None


def _recipients() -> list[Recipient]:
    shop = the_shop()
    return processors.of(session(), profile.load(session()), shop.settings, shop.payments)


def _recipient(key: str) -> Recipient:
    return next((each for each in _recipients() if each.key == key), None) or abort(404)


def _recipient_page(found: Recipient, typed: Typed) -> str:
    return render_template("backoffice/privacy_recipient.html", recipient=found, typed=typed)
