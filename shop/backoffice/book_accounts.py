"""The accountant's numbers and accounts, as the files for DATEV name them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from catalog.refusals import Refusal
from checkout import book_terms
from checkout.book_terms import CHARTS, PLACES, BookTerms
from shop.backoffice.books import MONTHS
from shop.backoffice.notes import say
from shop.backoffice.typed import Typed
from shop.context import session

blueprint = Blueprint("book_accounts", __name__, url_prefix="/buchhaltung/konten")

_MOST_CONSULTANT, _MOST_CLIENT = 9_999_999, 99_999
_DIGITS = range(4, 10)


class NotAnAccount(Refusal):
    """The text is no number of an account."""


@blueprint.get("")
def edit() -> Any:
    """The form; empty accounts are the usual ones."""
    terms = book_terms.load(session())
    typed = Typed(
        {
            "berater": str(terms.consultant or ""),
            "mandant": str(terms.client or ""),
            "rahmen": terms.chart,
            "beginn": str(terms.year_begins),
        }
        | {f"konto-{place}": account for place, account in terms.accounts.items()}
    )
    return _page(typed, terms)


@blueprint.post("")
def save() -> Any:
    """Keep what the accountant has told."""
    typed = Typed(request.form)
    terms = book_terms.load(session())
    consultant = typed.number("berater", 1001, _MOST_CONSULTANT)
    client = typed.number("mandant", 1, _MOST_CLIENT)
    chart = typed.one_of("rahmen", CHARTS, terms.chart)
    begins = typed.number("beginn", 1, 12)
    accounts = {place: typed.by_rule(f"konto-{place}", _account) for place in PLACES}
    if not typed.is_valid:
        return _page(typed, terms), 422
    terms.consultant, terms.client, terms.chart, terms.year_begins = consultant or 0, client or 0, chart, begins or 1
    terms.accounts = {place: account for place, account in accounts.items() if account}
    session().add(terms)
    session().commit()
    say("Gespeichert.")
    return redirect(url_for("backoffice.books.index"), 303)


def _page(typed: Typed, terms: BookTerms) -> str:
    return render_template(
        "backoffice/book_accounts.html",
        typed=typed,
        charts=list(CHARTS.items()),
        months=[(str(number), name) for number, name in enumerate(MONTHS, start=1)],
        places=PLACES.items(),
        chart=terms.chart,
    )


def _account(text: str) -> str:
    plain = text.replace(" ", "")
    if not plain:
        return ""
    if not (plain.isascii() and plain.isdigit() and len(plain) in _DIGITS):
        raise NotAnAccount(f"„{text}“ ist keine Kontonummer. Bitte 4 bis 9 Ziffern, zum Beispiel 8400.")
    return plain
