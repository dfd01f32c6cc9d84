"""What `check` looks at: each thing a small function that gives "" if all is well, else a German sentence."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import text
from sqlmodel import col, func, select

from catalog import images
from catalog.images import NoSuchPicture, Picture
from catalog.search import index
from checkout import outbox, rates
from checkout.orders import Order
from checkout.outbox import Letter
from shop import (
    backup,
    invoice_files,
    legal,
    migrating,
    preparing,
    profile,
    searching,
    shipping_terms,
    stripe_checks,
)
from shop.context import Shop
from shop.db import SAFE_SQLITE, sqlite_module
from shop.law import book
from shop.law.rules import ERROR, WARNING

log = logging.getLogger("dorfladen")

_INDEX_MAY_TAKE = timedelta(minutes=1)
_LITTLE_SPACE, _NO_SPACE = 1_000_000_000, 200_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `severity` says how bad it would be (or is)."""

    id: str
    severity: str
    ok: bool
    message: str
    source: str = ""  # the law that asks for it; "" for what is technical

    @property
    def is_serious(self) -> bool:
        """Whether the shop should not go on like this."""
        return not self.ok and self.severity == ERROR

    def as_row(self) -> dict[str, object]:
        """For machines."""
        return {"id": self.id, "severity": self.severity, "ok": self.ok, "message": self.message}


@dataclass(frozen=True)
class Check:
    """Something to look at, and what to say if it is well."""

    id: str
    severity: str
    fine: str
    problem: Callable[[Shop], str]


def run(app: Flask) -> list[Finding]:
    """Look at everything."""
    return [*technical(app), *(_lawful(outcome) for outcome in book.look(app))]


def technical(app: Flask) -> list[Finding]:
    """Look at all that is no rule of law."""
    shop: Shop = app.extensions["dorfladen"]
    return [_find(shop, check) for check in all_checks()]


def all_checks() -> tuple[Check, ...]:
    """Everything that is looked at."""
    return (
        Check("sqlite", WARNING, "SQLite ist neu genug.", sqlite_version),
        Check("migrations", ERROR, "Die Datenbank passt zum Programm.", migrations),
        Check("database", ERROR, "Die Datenbank ist unbeschädigt.", integrity),
        Check("space", WARNING, "Es ist genug Platz auf der Platte.", little_space),
        Check("full", ERROR, "Die Platte ist nicht voll.", no_space),
        Check("folder", WARNING, "Niemand sonst kann im Datenordner lesen.", open_folder),
        Check("account", ERROR, "Es gibt ein Konto für das Backoffice.", accounts),
        Check("profile", ERROR, "Das Profil des Ladens ist vollständig.", incomplete_profile),
        Check("open", WARNING, "Der Laden ist geöffnet.", not_open),
        Check("demo", WARNING, "Es ist kein Vorführladen.", demonstration),
        Check("address", WARNING, "Der Laden ist verschlüsselt zu erreichen.", address),
        Check("proxies", WARNING, "Kundinnen sind an ihrer Adresse zu unterscheiden.", undeclared_proxy),
        Check("mail", WARNING, "Ein Mailserver ist eingetragen.", mail_server),
        Check("letters", ERROR, "Alle Briefe sind hinausgegangen.", letters_given_up),
        Check("letters-late", WARNING, "Kein Brief wartet lange.", letters_late),
        Check("payment", ERROR, "Es gibt eine Zahlungsart.", no_payment),
        Check("shipping", WARNING, "In jedes belieferte Land geht ein Paket.", shipping_gaps),
        Check("stripe", WARNING, "Stripe ist eingerichtet.", stripe_checks.keys),
        Check("stripe-mode", ERROR, "Der Schlüssel von Stripe passt zum Laden.", stripe_checks.mode),
        Check("stripe-test-money", ERROR, "Keine Bestellung ist nur mit Testgeld bezahlt.", stripe_checks.test_money),
        Check("stripe-webhook", WARNING, "Nachrichten von Stripe kommen an.", stripe_checks.webhook),
        Check("stripe-notices", ERROR, "Alle Nachrichten von Stripe sind bearbeitet.", stripe_checks.undone_notices),
        Check("stripe-refunds", ERROR, "Keine Rückzahlung hängt bei Stripe.", stripe_checks.late_refunds),
        Check("stripe-comparison", ERROR, "Die Bücher stimmen mit Stripe überein.", stripe_checks.comparison),
        Check("orders", WARNING, "Keine Bestellung wartet auf eine Entscheidung.", orders_to_decide),
        Check("pictures", ERROR, "Alle Bilder sind da.", lost_pictures),
        Check("papers", ERROR, "Alle Rechnungen liegen unverändert als Dateien.", lost_papers),
        Check("search", WARNING, "Die Suche ist auf dem neuesten Stand.", late_index),
        Check("backup", WARNING, "Es gibt eine frische Sicherung.", old_backup),
    )


def sqlite_version(shop: Shop) -> str:
    """Versions before 3.51.3 can lose committed pages (SQLite's WAL-reset bug)."""
    module = sqlite_module()
    if not shop.database.is_sqlite or module.sqlite_version_info >= SAFE_SQLITE:
        return ""
    return f"SQLite {module.sqlite_version} hat einen seltenen Fehler, der Daten kosten kann; nötig ist 3.51.3."


def migrations(shop: Shop) -> str:
    """Whether all steps have been taken."""
    return "" if migrating.is_current(shop.database) else "Bitte einmal: python3 run.py upgrade"


def integrity(shop: Shop) -> str:
    """SQLite's own quick check."""
    if not shop.database.is_sqlite:
        return ""
    with shop.database.reading() as session:
        verdict = session.connection().execute(text("PRAGMA quick_check(1)")).scalar()
    return "" if verdict == "ok" else f"Die Datenbank ist beschädigt ({verdict}). Bitte eine Sicherung zurückspielen."


def little_space(shop: Shop) -> str:
    """Whether there is room for a few weeks."""
    free = shutil.disk_usage(shop.settings.data).free
    return "" if free > _LITTLE_SPACE else f"Auf der Platte sind nur noch {free // 1_000_000} MB frei."


def no_space(shop: Shop) -> str:
    """Whether there is room for today."""
    free = shutil.disk_usage(shop.settings.data).free
    return "" if free > _NO_SPACE else f"Die Platte ist voll ({free // 1_000_000} MB frei)."


def open_folder(shop: Shop) -> str:
    """The data folder holds customers' data and the secret key."""
    others = shop.settings.data.stat().st_mode & 0o007
    return f"Andere Benutzer können {shop.settings.data} lesen. Besser: chmod 700" if others else ""


def accounts(shop: Shop) -> str:
    """Somebody must be able to enter the backoffice."""
    return (
        "" if preparing.is_set_up(shop.database) else "Noch darf niemand ins Backoffice: python3 run.py user add NAME"
    )


def undeclared_proxy(shop: Shop) -> str:
    """Encryption is a proxy's job, so a shop reached by https stands behind one, which must be declared."""
    if not shop.settings.is_secure or shop.settings.proxies:
        return ""
    return (
        "Vor dem Laden steht ein Proxy, aber die Einstellung proxies ist 0: Alle Kundinnen sehen aus wie eine, "
        "und die Grenzen gegen Kartentester sind aus. Meist ist 1 richtig."
    )


def incomplete_profile(shop: Shop) -> str:
    """What the law wants to know of the owner."""
    with shop.database.reading() as session:
        return " ".join(legal.missing(profile.load(session)))


def not_open(shop: Shop) -> str:
    """Whether shoppers see the shop."""
    with shop.database.reading() as session:
        admits_shoppers = profile.load(session).admits_shoppers
    if admits_shoppers:
        return ""
    return "Der Laden ist noch nicht geöffnet: Kundinnen lesen „Wir öffnen bald“. Öffnen: Backoffice, Mehr, Ampel."


def demonstration(shop: Shop) -> str:
    """A demonstration must not sell."""
    with shop.database.reading() as session:
        is_demo = profile.load(session).is_demo
    return (
        "Dies ist ein Vorführladen mit erfundenen Waren. Für den eigenen: python3 run.py init --empty"
        if is_demo
        else ""
    )


def address(shop: Shop) -> str:
    """Shoppers must come by https."""
    if shop.settings.is_secure:
        return ""
    return f"Ihr Laden steht unter {shop.settings.url}. Für Kundinnen muss das mit https:// beginnen (Einstellung url)."


def mail_server(shop: Shop) -> str:
    """Without one no shopper gets her confirmation."""
    if shop.settings.smtp_url:
        return ""
    return (
        f"Briefe gehen noch nicht hinaus, sie liegen nur in {shop.settings.mail} (es fehlt die Einstellung smtp_url)."
    )


def letters_given_up(shop: Shop) -> str:
    """Letters that a person must look at."""
    with shop.database.reading() as session:
        found = outbox.counts(session, shop.clock())
    if found.in_doubt:
        return (
            f"{_many(found.in_doubt, 'Brief ist', 'Briefe sind')} vielleicht angekommen, vielleicht nicht. "
            "Bitte entscheiden Sie: Backoffice, Post."
        )
    given_up = found.given_up
    if not given_up:
        return ""
    return f"{_many(given_up, 'Brief ließ', 'Briefe ließen')} sich nicht zustellen. Siehe Backoffice, Post."


def letters_late(shop: Shop) -> str:
    """Letters that have waited for more than an hour: the worker or the mail server is down."""
    with shop.database.reading() as session:
        late = session.exec(
            select(func.count(col(Letter.id))).where(
                col(Letter.sent_at).is_(None),
                col(Letter.given_up_at).is_(None),
                col(Letter.handing_over_at).is_(None),
                (col(Letter.tries) > 0) | (col(Letter.due_at) < shop.clock() - timedelta(hours=1)),
                col(Letter.queued_at) < shop.clock() - timedelta(hours=1),
            )
        ).one()
    if not late:
        return ""
    return f"{_many(late, 'Brief wartet', 'Briefe warten')} seit über einer Stunde. Läuft die Hintergrundarbeit?"


def shipping_gaps(shop: Shop) -> str:
    """What it costs to send must be computable for each country (§ 6 Abs. 2 PAngV)."""
    with shop.database.reading() as session:
        served = profile.load(session).delivery_countries.split()
        return " ".join(shipping_terms.gaps(rates.load(session), served, legal.country_name))


def no_payment(shop: Shop) -> str:
    """At least one way to pay must lack nothing."""
    lacking = [method.missing() for method in shop.payments.values()]
    return "" if "" in lacking else " ".join(lacking) or "Es gibt keine Zahlungsart."


def orders_to_decide(shop: Shop) -> str:
    """Orders that call for a person's decision."""
    with shop.database.reading() as session:
        waiting = session.exec(select(func.count(col(Order.id))).where(Order.attention != "")).one()
    return f"{_many(waiting, 'Bestellung wartet', 'Bestellungen warten')} auf eine Entscheidung." if waiting else ""


def lost_papers(shop: Shop) -> str:
    """Invoices whose file is lost or altered; they are kept for eight years (§ 14b UStG)."""
    lost = invoice_files.damaged(shop)
    if not lost:
        return ""
    return (
        f"{len(lost)} Dateien von Rechnungen fehlen oder wurden verändert, zum Beispiel papers/{lost[0]}. "
        "Bitte öffnen Sie sie im Backoffice oder holen Sie sie aus einer Sicherung zurück."
    )


def lost_pictures(shop: Shop) -> str:
    """Every attached picture has its original."""
    with shop.database.reading() as session:
        hashes = session.exec(select(Picture.hash).distinct()).all()
    lost = sum(1 for picture_hash in hashes if not _has_original(shop, picture_hash))
    return f"{_many(lost, 'Bild fehlt', 'Bilder fehlen')} im Ordner {shop.settings.media}." if lost else ""


def late_index(shop: Shop) -> str:
    """The chosen index is there, of today's version, and has taken in what changed more than a minute ago."""
    engine = searching.kept(shop.search.engine)[0]
    last = engine.last_change
    if engine.is_being_built:
        meanwhile = "gilt der bisherige" if engine.is_ready else "sucht der Laden in der Datenbank"
        return f"Der Suchindex wird gerade neu aufgebaut. Bis er fertig ist, {meanwhile}."
    if last is None:
        return (
            "Es gibt keinen Suchindex, der zu diesem Programm passt. Die Hintergrundarbeit baut ihn von selbst auf; "
            "sofort geht es mit: python3 run.py reindex"
        )
    with shop.database.reading() as session:
        behind = index.waiting(session, engine, queued_before=shop.clock() - _INDEX_MAY_TAKE)
    if not behind:
        return ""
    return f"Die Suche kennt {_many(behind, 'Änderung', 'Änderungen')} noch nicht. Läuft die Hintergrundarbeit?"


def old_backup(shop: Shop) -> str:
    """The newest backup is at most two days old; a PostgreSQL is backed up elsewhere."""
    if not shop.database.is_sqlite:
        return ""
    newest = backup.newest(shop.settings)
    if newest is None:
        return "Es gibt noch keine Sicherung: python3 run.py backup"
    age = shop.clock().timestamp() - newest.stat().st_mtime
    return "" if age < timedelta(days=2).total_seconds() else f"Die letzte Sicherung ist {int(age // 86400)} Tage alt."


def _lawful(outcome: book.Outcome) -> Finding:
    message = " ".join(fault.message for fault in outcome.faults) or outcome.rule.kept
    rule = outcome.rule
    return Finding(rule.id, rule.severity, not outcome.faults, message, rule.source)


def _find(shop: Shop, check: Check) -> Finding:
    """One finding; a check that cannot be carried out has found something, too."""
    try:
        problem = check.problem(shop)
    except Exception as error:  # the edge of a check: the others must still be seen
        log.exception("check %s failed", check.id)
        problem = f"Lässt sich nicht prüfen: {error}"
    return Finding(check.id, check.severity, not problem, problem or check.fine)


def _has_original(shop: Shop, picture_hash: str) -> bool:
    try:
        images.original_of(shop.settings.media, picture_hash)
    except NoSuchPicture:
        return False
    return True


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
