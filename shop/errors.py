"""Named errors become pages here, once: a refusal with its sentence, a failure with a calm one."""

import logging

from flask import Flask, g, render_template, request
from werkzeug.exceptions import HTTPException

from catalog.refusals import Refusal
from checkout import wordings
from checkout.payments import PaymentDown
from shop import context, themes
from shop.security import ForeignRequest

log = logging.getLogger("dorfladen")

_SENTENCES = {
    400: ("Das haben wir nicht verstanden", "Bitte gehen Sie einen Schritt zurück und versuchen Sie es noch einmal."),
    403: ("Hier geht es nicht weiter", "Diese Seite ist nicht für Sie bestimmt."),
    404: ("Diese Seite gibt es nicht (mehr)", "Vielleicht hilft die Suche, oder Sie stöbern einfach weiter."),
    405: ("So geht es nicht", "Bitte gehen Sie einen Schritt zurück und versuchen Sie es noch einmal."),
    413: ("Das ist zu groß", "Bitte schicken Sie weniger oder kleinere Dateien auf einmal."),
    429: ("Das waren viele Versuche", "Bitte warten Sie ein paar Minuten und versuchen Sie es dann noch einmal."),
    500: ("Da ist uns ein Faden gerissen", "Bitte versuchen Sie es gleich noch einmal. Verloren geht dabei nichts."),
    503: ("Gerade nicht erreichbar", "Bitte versuchen Sie es in ein paar Minuten noch einmal."),
}


def set_up(app: Flask) -> None:
    """Answer every error with a page in the shop's clothes."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ForeignRequest, lambda error: _page(403, "Bitte laden Sie neu", error.sentence))
    app.register_error_handler(Refusal, lambda error: _page(409, "Das geht so nicht", error.sentence))
    app.register_error_handler(PaymentDown, _payment_down)
    app.register_error_handler(Exception, _failure)


def not_stored(error: Exception, title: str, sentence: str) -> tuple[str, int]:
    """The page of what could not be stored, which must not say that nothing is lost."""
    rule = request.url_rule.rule if request.url_rule else "?"
    log.error("not stored: %s %s", request.method, rule, exc_info=error)
    return _page(503, title, sentence)


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error  # a redirect
    title, sentence = _SENTENCES.get(code, _SENTENCES[400 if code < 500 else 500])
    return _page(code, title, sentence)


def _payment_down(error: PaymentDown) -> tuple[str, int]:
    log.warning("payment provider: %s", error)
    return _page(
        503,
        "Der Zahlungsdienst antwortet nicht",
        "Ihre Bestellung ist sicher. Bitte versuchen Sie es gleich noch einmal.",
    )


def _failure(error: Exception) -> tuple[str, int]:
    rule = request.url_rule.rule if request.url_rule else "?"  # not the path: an order's address is its key
    log.exception("failed: %s %s", request.method, rule, exc_info=error)
    return _page(500, *_SENTENCES[500])


def _page(code: int, title: str, sentence: str) -> tuple[str, int]:
    """The error page; where the database itself is away, the same words without the shop's frame."""
    try:
        context.begin_anew()  # else the page would wait for, or show, what was begun and not finished
        if "account" in g:  # somebody at work in the backoffice
            return render_template("backoffice/error.html", title=title, sentence=sentence), code
        return themes.render("pages/error.html", code=code, title=title, sentence=sentence), code
    except Exception:  # the page must not fail a second time
        log.exception("error page failed")
        return _bare(title, sentence), code


def _bare(title: str, sentence: str) -> str:
    """The page that needs nothing at all; what must stand on every page stands on this one, too."""
    links = f'<h2><a href="/widerruf">{wordings.WITHDRAW_LINK}</a></h2><p><a href="/impressum">Impressum</a></p>'
    body = f"<h1>{title}</h1><p>{sentence}</p>{links}"
    return (
        '<!doctype html><html lang="de"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title>{body}"
    )
