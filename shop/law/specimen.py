"""The specimen: a small throw-away shop in the checked shop's clothes, walked from window to withdrawal.

Many rules ask what a shopper is shown, and themes may come from anybody. So the specimen wears the same theme and
profile, sells a few goods of its own (specimen_goods.py) and is looked at as a browser without script would see it:
rules get each page as it was rendered, and each letter. Nothing of it touches the real shop.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlmodel import SQLModel

from catalog import attributes, kinds, revisions
from checkout import rate_table
from checkout.rates import ShippingMethod, ShippingRate
from shop import legal, stripe_keys, themes
from shop.context import Shop
from shop.db import Database, sqlite_url
from shop.formats import BERLIN
from shop.law import specimen_goods, specimen_walk
from shop.law.rules import Sight
from shop.law.specimen_walk import Line, Page, SpecimenLetter
from shop.profile import Profile
from shop.settings import Settings

PARCEL = "Paket"
PARCEL_CENTS = 490
_FILE = "shop.db"

# What a profile that is not complete yet is filled up with, so that the way to the order can be walked.
_STAND_INS = {
    "owner_name": "Erika Beispiel",
    "street": "Musterstraße 1",
    "postal_code": "12345",
    "city": "Beispielstadt",
    "email": "laden@beispiel.example",
    "phone": "030 1234567",
    "return_costs_by": "customer",
    "iban": "DE89370400440532013000",
    "delivery_countries": "DE",
}


class NoSuchPage(Exception):
    """The specimen never came to a page: something on the way to it is broken."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Im Probelauf durch den Laden kam die Seite „{name}“ nicht zustande.")


@dataclass(frozen=True)
class Specimen:
    """What the walk has seen: each page by its name, each letter by its kind.

    Names of pages: home, department, search, search-miss, product-<sku>, cart-empty, cart, checkout, checkout-problems,
    confirm, order, withdrawal, withdrawal-confirm, withdrawal-received, not-found, and each legal page by its slug.
    `owner` is the profile that it wears, `stand_ins` names those of its fields that the real one lacks; `lines`,
    `total_cents` and `payment` (as it is called) are those of the order that was placed.
    """

    pages: Mapping[str, Page]
    letters: Mapping[str, SpecimenLetter]
    owner: Profile
    stand_ins: tuple[str, ...]
    lines: tuple[Line, ...]
    total_cents: int
    payment: str

    def page(self, name: str) -> Page:
        """A page that must be there. Raises NoSuchPage."""
        if name not in self.pages:
            raise NoSuchPage(name)
        return self.pages[name]

    def products(self) -> list[Page]:
        """The pages of all goods."""
        return [page for name, page in self.pages.items() if name.startswith("product-")]

    def letter(self, kind: str) -> SpecimenLetter:
        """A letter that must be there. Raises NoSuchPage."""
        if kind not in self.letters:
            raise NoSuchPage(f"Brief {kind}")
        return self.letters[kind]


def of(sight: Sight) -> Specimen:
    """The specimen of a shop; walked anew only when theme, profile, ways to pay, settings or the day are others."""
    return _walked(_dress(sight.shop, sight.owner))


@dataclass(frozen=True)
class _Dress:
    """All that the specimen is made of; two that are alike look alike.

    `settings` are without folder, database and keys; of the moment `at` only its day counts.
    """

    settings: Settings
    owner: str  # as JSON
    theme: tuple[tuple[str, int, int], ...]
    day: str
    at: datetime = field(compare=False)
    compiled: Path = field(compare=False)  # the checked shop's compiled templates


def _dress(shop: Shop, owner: Profile) -> _Dress:
    at = shop.clock()
    return _Dress(
        settings=replace(
            shop.settings, data=Path(), database_url="", secret_key="", host="", port=0, smtp_url="",
            search_engine="whoosh", stripe_secret_key=stripe_keys.read(shop.settings).secret_key,
            stripe_webhook_secrets="", proxies=0,
        ),
        owner=owner.model_dump_json(exclude={"is_open"}),
        theme=_stamps(shop.settings),
        day=f"{at.astimezone(BERLIN):%Y-%m-%d}",
        at=at,
        compiled=shop.settings.data / "cache",
    )  # fmt: skip


def _stamps(settings: Settings) -> tuple[tuple[str, int, int], ...]:
    """Every file of the theme and its parents, with size and time."""
    found = []
    for folder in themes.chain(settings.themes, settings.theme):
        for file in sorted(folder.rglob("*")):
            about = file.stat()
            found.append((str(file), about.st_size, about.st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=8)
def _walked(dress: _Dress) -> Specimen:
    """Make the shop, walk through it, and throw it away."""
    from shop.app import create_shop  # it imports the backoffice, which shows what is found here

    with tempfile.TemporaryDirectory(prefix="dorfladen-muster-") as folder:
        settings = _settings(dress, Path(folder))
        (Path(folder) / _FILE).write_bytes(_empty_shop())
        app = create_shop(settings, clock=lambda: dress.at)
        shop: Shop = app.extensions["dorfladen"]
        try:
            owner, stand_ins = _furnish(shop, Profile.model_validate_json(dress.owner), dress.at)
            seen = specimen_walk.walk(app, shop, owner)
        finally:
            shop.database.close()
    return Specimen(seen.pages, seen.letters, owner, stand_ins, seen.lines, seen.total_cents, seen.payment)


def _settings(dress: _Dress, folder: Path) -> Settings:
    """The settings with a folder of its own; compiled templates are shared."""
    if dress.compiled.is_dir():
        (folder / "cache").symlink_to(dress.compiled)
    return replace(dress.settings, data=folder, database_url=sqlite_url(folder / _FILE), secret_key="-" * 32)


@lru_cache(maxsize=1)
def _empty_shop() -> bytes:
    """The file of a database with all tables and kinds of goods, laid out once for all walks."""
    with tempfile.TemporaryDirectory(prefix="dorfladen-muster-") as folder:
        file = Path(folder) / _FILE
        database = Database(sqlite_url(file))
        with database.writing() as session:
            SQLModel.metadata.create_all(session.connection())
            kinds.ensure(session)
            attributes.ensure_types(session)
        database.close()
        return file.read_bytes()


def _furnish(shop: Shop, owner: Profile, now: datetime) -> tuple[Profile, tuple[str, ...]]:
    """Put in profile, goods and a parcel to each served country, write the legal texts."""
    stand_ins = tuple(name for name in _STAND_INS if not getattr(owner, name))
    worn = Profile(**owner.model_dump() | {name: _STAND_INS[name] for name in stand_ins} | {"id": 1, "is_open": True})
    with shop.database.writing() as session:
        session.add(worn)
        specimen_goods.make_all(session, now)
        rate = ShippingRate(name=PARCEL, country=worn.delivery_countries, price_cents=PARCEL_CENTS)
        rate_table.put(session, "", ShippingMethod(name=PARCEL), [rate])
        session.flush()
        legal.refresh(session, worn, shop.settings, shop.payments, now=now, author=specimen_goods.AUTHOR)
        revisions.bump(session)
    return worn, stand_ins
