"""Declarations of withdrawal as the owner must see them, with what only the house knows: holidays, and the letters."""

from sqlmodel import Session

from checkout import opening, pickup, withdrawal_cases
from checkout.outbox import Letter
from checkout.returns import Withdrawal
from checkout.withdrawal_cases import Case
from shop import mail
from shop.context import Shop


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
    """The declarations that have not ended, those first whose money is due first."""
    return [case(session, shop, withdrawal) for withdrawal in withdrawal_cases.open_ones(session)]
