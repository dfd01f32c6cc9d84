"""What the owner sets: who she is, how she is taxed, where money goes, how goods travel."""

from sqlmodel import Field, Session, SQLModel

from checkout.gift_sales import GiftTerms
from checkout.payments import Account
from checkout.reserving import TransferTerms
from checkout.samples import SampleTerms

_MICRO = 10  # people at work: from so many on it is no micro enterprise (§ 2 Nr. 17 BFSG)


class Profile(SQLModel, table=True):
    """The one row (id 1) that describes the shop. Empty texts are "not yet said"."""

    id: int = Field(default=1, primary_key=True)
    shop_name: str = "Mein Laden"
    claim: str = ""
    owner_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = Field(default="DE", max_length=2)
    email: str = ""
    phone: str = ""
    vat_id: str = ""
    tax_number: str = ""
    legal_form: str = ""  # a key of shop/legal_forms.py
    representatives: str = ""  # who acts for a company, separated by commas (§ 5 Abs. 1 Nr. 1 DDG)
    register_court: str = ""
    register_number: str = ""  # "HRB 1234"
    supervisor: str = ""  # the authority that licenses the business, with its address; "" where no licence is needed
    is_in_liquidation: bool = False
    staff: int | None = None  # people at work, part-time ones as well
    turnover: str = ""  # "to_2m" or "over_2m": of a year, or the balance sheet where that is less (§ 3 Abs. 3 BFSG)
    delivers_in: str = "one"  # "one" parcel, "goods" of an order one by one, or one good in "parts" (Anlage 1 [1])
    lucid_number: str = ""  # "DE1234567890123"
    dual_system: str = ""
    austrian_packaging: str = ""  # the authorised representative for packaging in Austria
    aims_at_austria: bool = False  # whether the offer is made for Austria, beyond sending there
    is_small_business: bool = False  # § 19 UStG
    taxes_abroad: bool = False  # does without the limit of § 3c Abs. 4 UStG for sales to other EU countries
    return_costs_by: str = ""  # "shop" or "customer"; the owner must decide (§ 357 Abs. 5 BGB)
    account_holder: str = ""
    iban: str = ""
    bic: str = ""
    offers_pickup: bool = True
    opening_hours: str = ""
    transfer_days: int = 7  # to pay by transfer
    transfer_remind_after: int = 2  # bank working days from then to the reminder
    transfer_expire_after: int = 7  # bank working days from then until the order is ended
    delivery_countries: str = "DE"  # separated by blanks
    sample_cents: int = 50  # what a sample (Stoffmuster) costs
    sample_limit: int = 5  # how many different ones in an order
    sample_credit_days: int = 42  # how long its price is credited when the fabric is bought; 0: never
    offers_remnants: bool = False  # whether remnants become articles by themselves
    remnant_percent: int = 20  # how much less they cost than from the roll
    shows_square_metre: bool = False  # €/m² beside €/m for goods with a width
    sells_gifts: bool = False  # gift vouchers in the online shop, from the least to the most
    gift_least_cents: int = 1000
    gift_most_cents: int = 25_000
    export_every: str = ""  # "day" or "week": all goods are written to the data folder's `export/`; "": never
    export_dialect: str = "own"
    is_demo: bool = False
    is_open: bool = True  # to shoppers; a new shop is not before its owner opens it

    @property
    def is_micro(self) -> bool:
        """Whether the BFSG leaves the shop out: fewer than ten people, at most two million a year (§ 3 Abs. 3).

        A shop whose owner has not said so is not.
        """
        return self.staff is not None and self.staff < _MICRO and self.turnover == "to_2m"

    @property
    def admits_shoppers(self) -> bool:
        """Whether shoppers see it and may order; a demonstration is there to be tried."""
        return self.is_open or self.is_demo

    @property
    def account(self) -> Account:
        """Where transfers go; its holder is the owner unless another one is named."""
        return Account(self.account_holder or self.owner_name, self.iban, self.bic)

    @property
    def transfer_terms(self) -> TransferTerms:
        """How long the shop waits for a transfer."""
        return TransferTerms(self.transfer_days, self.transfer_remind_after, self.transfer_expire_after)

    @property
    def gift_terms(self) -> GiftTerms:
        """Whether gift vouchers are sold online, and over which amounts."""
        return GiftTerms(self.sells_gifts, self.gift_least_cents, self.gift_most_cents)

    @property
    def sample_terms(self) -> SampleTerms:
        """What samples cost, how many an order may have, how long they are credited."""
        return SampleTerms(self.sample_cents, self.sample_limit, self.sample_credit_days)


def load(session: Session) -> Profile:
    """The shop's profile; an empty one before the shop is set up."""
    return session.get(Profile, 1) or Profile()
