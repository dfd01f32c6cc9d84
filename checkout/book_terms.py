"""What the accountant has told the owner: numbers of consultant and client, and which accounts are booked to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel

SKR03, SKR04 = "03", "04"
CHARTS = {SKR03: "SKR 03", SKR04: "SKR 04"}


@dataclass(frozen=True)
class Place:
    """A place in the books: what it is for, and its account in both charts.

    `computes_tax`: DATEV takes the tax out of what is booked there by itself (Automatikkonto), so no key is given.
    """

    name: str
    accounts: Mapping[str, str]
    computes_tax: bool = False


# Accounts of DATEV's standard charts, of 2026 as far as public lists tell. Clearing accounts of providers are free to
# choose: those here are "Geldtransit" and "Sonstige Verrechnungskonten", which the accountant may replace.
PLACES: dict[str, Place] = {
    "revenue_190": Place("Erlöse 19 %", {SKR03: "8400", SKR04: "4400"}, computes_tax=True),
    "revenue_70": Place("Erlöse 7 %", {SKR03: "8300", SKR04: "4300"}, computes_tax=True),
    "revenue_0": Place("Erlöse ohne Steuer (0 %)", {SKR03: "8290", SKR04: "4290"}),
    "revenue_other": Place("Erlöse zu anderen Sätzen (16 %, 5 % von 2020)", {SKR03: "8200", SKR04: "4200"}),
    "revenue_exempt": Place("Erlöse als Kleinunternehmer (§ 19 UStG)", {SKR03: "8195", SKR04: "4185"}),
    "revenue_oss": Place("Im anderen EU-Land zu versteuern (OSS)", {SKR03: "8320", SKR04: "4320"}),
    "revenue_eu": Place("Steuerfreie innergemeinschaftliche Lieferungen", {SKR03: "8125", SKR04: "4125"}),
    "revenue_export": Place("Steuerfreie Ausfuhr (§ 4 Nr. 1a UStG)", {SKR03: "8120", SKR04: "4120"}),
    "debtors": Place("Sammelkonto der Kundinnen (Debitor)", {SKR03: "10000", SKR04: "10000"}),
    "bank": Place("Bank", {SKR03: "1200", SKR04: "1800"}),
    "stripe": Place("Stripe (Verrechnung)", {SKR03: "1361", SKR04: "1461"}),
    "till": Place("Ladenkasse (Verrechnung)", {SKR03: "1360", SKR04: "1460"}),
    "gifts": Place("Verkaufte Gutscheine (Verbindlichkeit)", {SKR03: "1604", SKR04: "3304"}),
    "other": Place("Andere Zahlungsarten (Verrechnung)", {SKR03: "1362", SKR04: "1462"}),
}


class BookTerms(SQLModel, table=True):
    """The one row (id 1). Numbers are 0 until the accountant has told them; `accounts` are those that differ."""

    __table_args__ = (CheckConstraint("year_begins BETWEEN 1 AND 12", name="a_month"),)

    id: int = Field(default=1, primary_key=True)
    consultant: int = 0
    client: int = 0
    chart: str = Field(default=SKR03, max_length=2)
    year_begins: int = 1  # the month in which the fiscal year begins
    accounts: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

    def account(self, place: str) -> str:
        """The account of a place."""
        return self.accounts.get(place) or PLACES[place].accounts[self.chart]

    def computes_tax(self, place: str) -> bool:
        """Whether DATEV computes the tax of what is booked there; of accounts of the owner's own nobody knows."""
        return PLACES[place].computes_tax and place not in self.accounts

    def fiscal_year_of(self, day: date) -> date:
        """The first day of the fiscal year of a day."""
        return date(day.year if day.month >= self.year_begins else day.year - 1, self.year_begins, 1)

    @property
    def account_length(self) -> int:
        """How many digits the accounts of things have; those of persons have one more."""
        return max(len(self.account(place)) for place in PLACES if place != "debtors")


def load(session: Session) -> BookTerms:
    """The terms; the usual ones before any are set."""
    return session.get(BookTerms, 1) or BookTerms(accounts={})
