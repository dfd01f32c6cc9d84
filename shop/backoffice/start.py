"""The start page: today's work, and what is still missing before the shop may open."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog import remnants
from catalog.products import Product
from catalog.times import german_day
from checkout import outbox, rates, returns, small_business, withdrawal_cases
from checkout.bank import bookings, deadlines, paying_back
from checkout.orders import Order
from checkout.payments import comparing
from shop import folder_runs, legal, looks, profile, setup, shipping_terms, withdrawal_desk
from shop.backoffice import reorder
from shop.backoffice.order_list import Show, counts, needs_attention
from shop.context import now, session, the_shop
from shop.profile import Profile

blueprint = Blueprint("start", __name__)

_MOST_FILES = 5  # of the watched folder, the newest ones; the rest is in the list of imports


@dataclass(frozen=True)
class Missing:
    """Something that the shop lacks: the sentence, where to set it, and whether it may not sell without."""

    sentence: str
    address: str
    is_needed: bool = True


@blueprint.get("/")
def today() -> Any:
    """Today's work in order."""
    withdrawals, withdrawals_due = _withdrawals()
    return render_template(
        "backoffice/start.html",
        counts=counts(session()),
        Show=Show,
        attention=_attention(session()),
        letters=outbox.counts(session(), now()),
        short=reorder.how_many(session()),
        remnants=len(remnants.proposals(session())),
        drafts=_drafts(session()),
        withdrawals=withdrawals,
        stuck_receipts=returns.stuck_receipts(session(), now()),
        withdrawals_due=withdrawals_due,
        missing=_missing(session()),
        near_limit=_near_limit(session()),
        look=looks.last(session(), now()),
        setup=_setup(session()),
        comparison=comparing.last(session(), "stripe"),
        bank_questions=bookings.how_many_open(session()),
        statement_wanted=_statement_wanted(session()),
        transfers_back=paying_back.how_many(session()),
        from_folder=[(each, folder_runs.reasons_of(each)) for each in folder_runs.asking(session())],
        most_files=_MOST_FILES,
    )


@blueprint.get("/mehr")
def more() -> Any:
    """All that is done less often."""
    return render_template("backoffice/more.html")


def _near_limit(opened: Session) -> int:
    """The turnover of a small business that has used up four fifths of this year's limit (§ 19 UStG), else 0."""
    if not profile.load(opened).is_small_business:
        return 0
    cents = small_business.turnover_cents(opened, german_day(now()).year)
    return cents if small_business.is_near(cents, small_business.NOW_CENTS) else 0


def _attention(opened: Session) -> list[Order]:
    return list(opened.exec(select(Order).where(needs_attention()).order_by(col(Order.id)).limit(20)).all())


def _drafts(opened: Session) -> int:
    return opened.exec(select(func.count()).select_from(Product).where(col(Product.published_at).is_(None))).one()


def _withdrawals() -> tuple[int, int]:
    """How many withdrawals are open, and how many of them are due within days or overdue."""
    pressing = withdrawal_desk.pressing_cases(session(), the_shop(), german_day(now()))
    return withdrawal_cases.how_many_open(session()), len(pressing)


def _statement_wanted(opened: Session) -> int:
    """How many orders wait for money that may stand in a statement which nobody has uploaded yet."""
    due = deadlines.due(opened, profile.load(opened).transfer_terms, now=now())
    return len(due.waiting_for_statement)


def _setup(opened: Session) -> tuple[int, int] | None:
    """How many subjects of the set-up assistant are answered, and of how many; None when all are."""
    done = len(setup.answered(opened))
    return None if done == len(setup.STEPS) else (done, len(setup.STEPS))


def _missing(opened: Session) -> list[Missing]:
    """The law's demands first, then payment and letters."""
    shop = profile.load(opened)
    own_data = url_for("backoffice.profile.edit")
    found = [Missing(sentence, own_data) for sentence in legal.missing(shop)]
    settings = the_shop().settings
    lacking = {key: method.missing() for key, method in the_shop().payments.items()}
    if all(lacking.values()):
        found.append(Missing("Noch kann niemand bezahlen: Tragen Sie Ihr Konto (IBAN) ein.", own_data))
    elif not shop.iban:
        found.append(Missing("Für Überweisungen fehlt Ihr Konto (IBAN).", own_data, is_needed=False))
    table = url_for("backoffice.shipping.index")
    found += [Missing(sentence, table, is_needed=False) for sentence in _shipping_gaps(opened, shop)]
    help_page = url_for("backoffice.handbook.page", name="einstellungen")
    if lacking.get("stripe"):
        page = url_for("backoffice.online_payment.index")
        found.append(Missing("Karte, PayPal und Klarna sind noch nicht eingerichtet (Stripe).", page, False))
    if not settings.smtp_url:
        found.append(Missing("Briefe gehen noch nicht hinaus: Es ist kein Postausgang eingerichtet.", help_page, False))
    return found


def _shipping_gaps(opened: Session, shop: Profile) -> list[str]:
    served = shop.delivery_countries.split()
    return shipping_terms.gaps(rates.load(opened), served, legal.country_name)
