"""The one composition root: everything that the shop is made of stands in create_shop()."""

import importlib
from collections.abc import Callable
from datetime import datetime

from flask import Flask, has_request_context
from werkzeug.middleware.proxy_fix import ProxyFix

from catalog.search.find import Search
from checkout import signals
from checkout.payments import Account, Surroundings, registry
from shop import closed, errors, formats, guards, invoice_terms, profile, searching, security, stripe_keys, themes
from shop.context import Shop, close_session, session, utc_now
from shop.db import Database
from shop.settings import Settings

DOORS = (
    "shop.health",
    "shop.webhooks",
    "shop.storefront.home",
    "shop.storefront.categories",
    "shop.storefront.products",
    "shop.storefront.shades",
    "shop.storefront.search",
    "shop.storefront.suggestions",
    "shop.storefront.cart",
    "shop.storefront.codes",
    "shop.storefront.gifts",
    "shop.storefront.checkout",
    "shop.storefront.orders",
    "shop.storefront.invoices",
    "shop.storefront.inquiries",
    "shop.storefront.payment",
    "shop.storefront.refund_account",
    "shop.storefront.withdrawal",
    "shop.storefront.newsletter",
    "shop.storefront.legal",
    "shop.storefront.machines",
    "shop.storefront.media",
    "shop.backoffice",
)


def create_shop(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Put a shop together from its settings. Opens no connection and reads no clock yet."""
    app = Flask("shop", static_folder=None, template_folder=None)
    database = Database(settings.database_url, clock)
    engine = searching.engine(settings, database)
    search = Search(engine)
    payments = registry.load(surroundings(settings, database))
    invoice_terms.write_along(database, payments)
    searching.write_along(database, engine, search.vocabulary)
    app.extensions["dorfladen"] = Shop(
        settings=settings,
        database=database,
        payments=payments,
        search=search,
        clock=clock,
    )
    security.set_up(app, settings)
    errors.set_up(app)
    themes.set_up(app, settings)  # before anything asks for the templates' environment, which is made only once
    formats.set_up(app)
    signals.card_declined.connect(guards.note_decline)
    closed.set_up(app)
    for door in DOORS:
        app.register_blueprint(importlib.import_module(door).blueprint)
    app.teardown_appcontext(close_session)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def surroundings(settings: Settings, database: Database) -> Surroundings:
    """What ways to pay may know of the house: the host's settings, and the owner's account as it is now."""

    def account() -> Account:
        if has_request_context():  # a request that changes the account already sees its own change
            return profile.load(session()).account
        with database.reading() as reading:
            return profile.load(reading).account

    return Surroundings(stripe_keys.Told(settings), account)
