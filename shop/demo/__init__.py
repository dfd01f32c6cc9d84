"""The demonstration shop: the invented haberdashery Schnuckidu with goods, pictures, rates and legal texts."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from catalog import remnants, revisions
from catalog.exchange import dialects
from catalog.exchange.apply import apply
from catalog.exchange.articles import Article
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from checkout import tariffs
from checkout.payments import registry
from checkout.pickup import PickupTerms
from shop import legal, profile, setup
from shop.app import surroundings
from shop.context import utc_now
from shop.db import Database
from shop.profile import Profile
from shop.progress import Progress
from shop.settings import Settings

HABERDASHERY = Path(__file__).parent / "haberdashery"
AUTHOR = "Vorführladen"
WITH_A_REMNANT = "POP-B-01"
OPEN_FOR = timedelta(days=60)  # the shop has been open that long, so its reductions have a price before them

_HOURS = "Montag bis Freitag 9–13 und 14–18 Uhr, Samstag 9–13 Uhr"


def fill(database: Database, settings: Settings, progress: Progress) -> None:
    """Fill an empty shop with the demonstration, through the same importer as an owner's file.

    `progress` hears how many pictures are kept; their sizes are not made yet. The database gets all or nothing.
    """
    now = utc_now()
    pictures = PictureFolders(settings.media, [HABERDASHERY / "pictures"])
    with database.reading() as session:
        _planned(session, pictures, now, with_sales=False)
    pictures.keep_all(progress)
    with database.writing() as session:
        opened = now - OPEN_FOR
        plan = _planned(session, pictures, opened, with_sales=False)
        apply(session, plan, pictures, now=opened, author=AUTHOR)
        apply(session, _planned(session, pictures, now, with_sales=True), pictures, now=now, author=AUTHOR)
        _make_a_remnant(session, now)
        _furnish(session, database, settings, opened)


def _planned(session: Session, pictures: PictureFolders, now: datetime, *, with_sales: bool) -> Plan:
    """The plan for our goods. The reductions come in a second reading, when there is a price to reduce."""
    reading = dialects.read((HABERDASHERY / "goods.csv").read_bytes())
    if not with_sales:
        articles = reading.articles
        reading = replace(reading, articles=lambda: map(_at_full_price, articles()))
    plan = make_plan(session, reading, pictures, now)
    assert not plan.refused, plan.refused
    return plan


def _at_full_price(article: Article) -> Article:
    for variant in article.variants:
        variant.facts.pop("sale", None)
    return article


def _make_a_remnant(session: Session, now: datetime) -> None:
    """One rest of a roll is an article already; the others stand on the list of what may become one."""
    rest = next(each for each in remnants.proposals(session) if each.variant.sku == WITH_A_REMNANT)
    remnants.make(session, rest.roll, percent=20, now=now, author=AUTHOR, publish=True)


def _furnish(session: Session, database: Database, settings: Settings, now: datetime) -> None:
    """Set up what is not goods: who the shop is, what parcels cost, the legal texts."""
    session.merge(_profile())
    session.merge(PickupTerms(hours=_HOURS, land="BB", shelves="Fach 1–12"))
    tariffs.begin(session, ["DE", "AT"], free_from_cents=7500)
    for step in setup.STEPS:
        setup.note(session, step, now=now, author=AUTHOR)
    legal.refresh(
        session,
        profile.load(session),
        settings,
        registry.load(surroundings(settings, database)),
        now=now,
        author=AUTHOR,
    )
    revisions.bump(session)


def _profile() -> Profile:
    """An invented owner in an invented town; addresses that can reach nobody."""
    return Profile(
        shop_name="Schnuckidu",
        claim="Stoffe, Wolle und alles zum Selbermachen",
        owner_name="Henrike Birnstiel",
        legal_form="person",
        staff=3,
        turnover="to_2m",
        lucid_number="DE1234567890123",
        dual_system="Beispiel-System",
        austrian_packaging="Beispiel Verpackungsdienst, Ringweg 1, 1010 Wien",
        street="Marktgasse 8",
        postal_code="15999",
        city="Lindow-Wiesental",
        email="hallo@schnuckidu.example",
        phone="033999 55501",
        vat_id="DE999999995",
        tax_number="",
        return_costs_by="customer",
        account_holder="Henrike Birnstiel",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        opening_hours=_HOURS,
        delivery_countries="DE AT",
        is_demo=True,
    )
