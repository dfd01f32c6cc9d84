"""What the owner sets: who she is, how she is taxed, where money goes, how goods travel."""

from sqlmodel import Field, Session, SQLModel

from checkout.gift_sales import GiftTerms
from checkout.payments import Account
from checkout.reserving import TransferTerms
from checkout.samples import SampleTerms


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
