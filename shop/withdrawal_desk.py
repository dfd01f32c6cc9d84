"""Declarations of withdrawal as the owner must see them, with what only the house knows: holidays, and the letters."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from checkout import opening, pickup, withdrawal_cases
from checkout.outbox import Letter
from checkout.returns import Withdrawal
from checkout.withdrawal_cases import NEAR, PAY_BACK_WITHIN, Case
from shop import mail
from shop.context import Shop
from shop.formats import BERLIN


def case(session: Session, shop: Shop, withdrawal: Withdrawal) -> Case:
    """A declaration as it stands by now.

    A letter that was only put into the mail folder, because there was no mail server, has not reached anybody: it
    proves no instruction.
    """

    def reached(letter: Letter) -> bool:
        return letter.sent_at is not None and not mail.is_only_filed(shop.settings.mail, letter)

    holiday = opening.holidays_of(pickup.terms(session).land)
    return withdrawal_cases.of(session, withdrawal, holiday, reached)


def open_cases(session: Session, shop: Shop) -> list[Case]:
    """Declarations that have not ended, those first whose money is due first; see withdrawal_cases.open_ones."""
    return [case(session, shop, each) for each in withdrawal_cases.open_ones(session)]


def pressing_cases(session: Session, shop: Shop, today: date) -> list[Case]:
    """Those of them whose money must go back within days, or should have."""
    first_young_day = today - PAY_BACK_WITHIN + NEAR + timedelta(days=1)
    before = datetime.combine(first_young_day, time(), BERLIN)
    cases = [case(session, shop, each) for each in withdrawal_cases.open_ones(session, received_before=before)]
    return [each for each in cases if each.is_overdue(today) or each.is_near(today)]
