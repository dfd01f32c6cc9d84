"""What a bank statement says, whatever file it came in."""

from dataclasses import dataclass, field
from datetime import date

from catalog.refusals import Refusal


class NotAStatement(Refusal):
    """The file cannot be read as a bank statement; the sentence names what was found instead."""


@dataclass(frozen=True)
class Line:
    """One booking. `cents` is positive in `currency` (ISO 4217), `is_credit` says which way it went.

    `text` is what the other side wrote, `end_to_end` its reference ("" for the bank's NOTPROVIDED),
    `bank_reference` the bank's own. `name` and `iban` are of the other side, "" where the bank does not
    tell. `is_return` marks money that comes or goes back (reversal, return, recall). `doubt` is a German
    sentence on why the line must not be booked by itself, "" for none. `position` tells the parts of a
    batch booking apart.
    """

    booked_on: date
    cents: int
    is_credit: bool
    currency: str = "EUR"
    text: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    structured: str = ""  # a creditor reference (ISO 11649, "RF…")
    name: str = ""
    iban: str = ""
    kind: str = ""  # the bank's word for it: "SEPA-GUTSCHRIFT"
    is_return: bool = False
    doubt: str = ""
    position: int = 0


@dataclass(frozen=True)
class Statement:
    """The bookings of one account; `account` is its IBAN, bank code and number ("12030000/202051"), or "".

    `since` and `until` are the days that the file says to cover, None where it does not say. `pending` counts
    what was left out because it is not booked yet.
    """

    format: str
    account: str
    lines: tuple[Line, ...]
    until: date | None = None
    pending: int = 0
    since: date | None = None

    @property
    def covers_until(self) -> date | None:
        """The last day that is known to be covered: as the file says, else that of its last booking."""
        return self.until or max((line.booked_on for line in self.lines), default=None)

    @property
    def covers_from(self) -> date | None:
        """The first day that is known to be covered: as the file says, else of its first booking, else its last."""
        return self.since or min((line.booked_on for line in self.lines), default=self.until)


@dataclass(frozen=True)
class Read:
    """What an uploaded file holds, and what could not be read of it (file name in a ZIP: sentence)."""

    statements: tuple[Statement, ...]
    refused: tuple[str, ...] = field(default=())
