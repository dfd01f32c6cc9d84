"""The books: what the accountant and the tax office get, whether the journal is whole, how the books are kept."""

import tempfile
from datetime import date
from io import BytesIO
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for

from catalog.times import german_day
from checkout import account_bookings, book_terms, erasing, extf, gobd, journal, journal_check, periods, small_business
from checkout.periods import Period
from shop import invoice_terms, journal_heads, month_archive, procedures, profile, themes
from shop.backoffice.notes import say, warn
from shop.backoffice.typed import Typed
from shop.context import now, session, the_shop
from shop.formats import BERLIN
from shop.papers import text

blueprint = Blueprint("books", __name__, url_prefix="/buchhaltung")

_FIRST_YEAR = 2000
_FILES = {f"backoffice.books.{name}" for name in ("month", "datev", "tax_office")}
_IN_MEMORY = 8_000_000  # bytes
MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip


@blueprint.get("")
def index() -> Any:
    """All of it on one page."""
    last = _month_before(german_day(now()))
    return _page(Typed({"monat": f"{last:%Y-%m}"}), Typed({"von": f"{last.year}-01-01", "bis": f"{last.year}-12-31"}))


@blueprint.before_request
def asked() -> Any:
    """A file for which nothing was chosen is chosen on the page."""
    if request.endpoint in _FILES and not request.args:
        return redirect(url_for("backoffice.books.index"), 303)
    return None


@blueprint.get("/monat.zip")
def month() -> Response:
    """The archive of a month."""
    period = _asked_month()
    out = _temporary()
    month_archive.write(out, the_shop(), period, now())
    return _download(out, month_archive.file_name(period), "application/zip")


@blueprint.get("/datev.csv")
def datev() -> Response:
    """The bookings of a month. Raises NotForDatev."""
    period = _asked_month()
    booked = account_bookings.bookings(session(), period)
    name = profile.load(session()).shop_name
    content = extf.write(booked, book_terms.load(session()), period, shop=name, made_at=now())
    headers = {"Content-Disposition": f'attachment; filename="{extf.file_name(period)}"'}
    return Response(content, mimetype="text/csv; charset=windows-1252", headers=headers)


@blueprint.get("/finanzamt.zip")
def tax_office() -> Any:
    """The tables of a period for the tax office."""
    typed = Typed(request.args)
    first, last = typed.day("von"), typed.day("bis")
    if first is None or last is None or not _FIRST_YEAR <= first.year <= last.year < 2100 or last < first:
        typed.errors.setdefault("von", "Bitte nennen Sie den ersten und den letzten Tag, zum Beispiel eines Jahres.")
        return _page(Typed({"monat": f"{_month_before(german_day(now())):%Y-%m}"}), typed), 422
    period = Period(first, last)
    out = _temporary()
    gobd.write(out, session(), period, invoice_terms.seller(profile.load(session())))
    return _download(out, f"finanzamt-{first:%Y-%m-%d}-{last:%Y-%m-%d}.zip", "application/zip")


@blueprint.post("/journal")
def look() -> Any:
    """Look at the whole journal now, and note its head."""
    session().close()
    found = journal_heads.note(the_shop().settings, the_shop().database, now())
    if found.fault:
        warn(f"Das Journal ist nicht unversehrt: {found.fault}")
    else:
        say(f"Das Journal ist unversehrt: {found.head.number} Einträge geprüft.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/verfahren")
def procedure() -> Any:
    """How the books are kept, as it is set up now."""
    written = procedures.write(the_shop(), session(), now())
    return render_template("backoffice/procedures.html", text=written, title=procedures.TITLE)


@blueprint.get("/verfahren.pdf")
def procedure_pdf() -> Response:
    """The same on the shop's letterhead."""
    shop = the_shop()
    written = procedures.write(shop, session(), now())
    folders = themes.chain(shop.settings.themes, shop.settings.theme)
    paper = text.write(procedures.TITLE, written, owner=profile.load(session()), themes=folders, made_at=now())
    name = f"verfahrensdokumentation-{now().astimezone(BERLIN):%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(paper, mimetype="application/pdf", headers=headers)


def _page(by_month: Typed, by_days: Typed) -> str:
    number, digest = journal.head_of(session())
    year = german_day(now()).year
    owner = profile.load(session())
    return render_template(
        "backoffice/books.html",
        by_month=by_month,
        by_days=by_days,
        months=_months(),
        number=number,
        digest=digest,
        last_look=journal_heads.last_look(the_shop().settings),
        recent_fault=_recent_fault(),
        terms=book_terms.load(session()),
        is_small_business=owner.is_small_business,
        turnover=small_business.turnover_cents(session(), year) if owner.is_small_business else 0,
        limit=small_business.NOW_CENTS,
        is_near=small_business.is_near,
        year=year,
        is_held=erasing.holds_stand(session()),
    )


def _recent_fault() -> str:
    """What is wrong with the last entries, "" for nothing; the whole journal is looked at by night."""
    since = journal_check.newest(session(), 500)
    heads = journal_heads.read(the_shop().settings)
    found = journal_check.verify(session(), heads, erasing.may_be_gone(now()), since=since)
    return found.sentence if found else ""


def _months() -> list[tuple[str, str]]:
    """This month and the 35 before, newest first."""
    today = german_day(now())
    number = today.year * 12 + today.month - 1
    every = [(each // 12, each % 12) for each in range(number, number - 36, -1)]
    return [(f"{year}-{place + 1:02}", f"{MONTHS[place]} {year}") for year, place in every]


def _asked_month() -> Period:
    year, _, number = request.args.get("monat", "").partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        abort(404)
    if not (_FIRST_YEAR <= int(year) < 2100 and 1 <= int(number) <= 12):
        abort(404)
    return periods.month(int(year), int(number))


def _month_before(day: date) -> date:
    return date(day.year - (day.month == 1), day.month - 1 or 12, 1)


def _temporary() -> BinaryIO:
    """A file without a name where there is room."""
    return cast("BinaryIO", tempfile.TemporaryFile(dir=the_shop().settings.data))


def _download(out: BinaryIO, name: str, mimetype: str) -> Response:
    is_small = out.tell() <= _IN_MEMORY
    out.seek(0)
    if is_small:  # a large one has no name, and goes away with the answer
        with out:
            return send_file(BytesIO(out.read()), mimetype=mimetype, as_attachment=True, download_name=name)
    return send_file(out, mimetype=mimetype, as_attachment=True, download_name=name)
