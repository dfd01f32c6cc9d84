"""The procedural documentation (Verfahrensdokumentation, GoBD): how this shop keeps its books, from what is set up.

Written from the settings as they are, so that it says what is true today; the owner keeps the PDF with each change.
"""

import importlib.metadata
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from catalog.times import german_day
from checkout import book_terms, journal, retention, small_business
from checkout.book_terms import CHARTS
from checkout.journalled import JOURNALLED
from checkout.payments import PaymentMethod
from checkout.series import PREFIXES
from shop import backup, journal_heads, profile
from shop.accounts import Account
from shop.context import Shop
from shop.formats import BERLIN
from shop.migrating import current

TITLE = "Verfahrensdokumentation"
_SERIES = {"RE": "Rechnungen", "ST": "Stornorechnungen", "KO": "Rechnungskorrekturen"}


def write(shop: Shop, session: Session, now: datetime) -> str:
    """The documentation in CommonMark, without its title."""
    parts = (
        _about(shop, session, now), _systems(shop), _people(session), _selling(session, shop.payments),
        _numbers(), _journal(shop, session), _retention(session), _backups(shop), _exports(session),
        _tax(session, now),
    )  # fmt: skip
    return "\n\n".join("\n\n".join(part) for part in parts) + "\n"


def program_version() -> str:
    """The version of the program that runs, as it was installed, or as its folder says."""
    try:
        return importlib.metadata.version("dorfladen")
    except importlib.metadata.PackageNotFoundError:
        told = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
        version: str = told["project"]["version"]
        return version


def _about(shop: Shop, session: Session, now: datetime) -> Iterator[str]:
    owner = profile.load(session)
    name = f"{owner.shop_name}, {owner.owner_name}".strip(", ")
    address = ", ".join(filter(None, (owner.street, f"{owner.postal_code} {owner.city}".strip())))
    yield (
        f"Für den Onlineshop von {name}{f', {address}' if address else ''} ({shop.settings.url}). Stand "
        f"{now.astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr, Programm Dorfladen {program_version()}, Datenbankschritt "
        f"{current(shop.database)}."
    )
    yield (
        "Diese Beschreibung schreibt das Programm aus dem, was eingestellt ist. Sie gilt für den Onlineshop; "
        "Ladenkasse und Finanzbuchhaltung haben eigene. Bitte bewahren Sie jede Fassung zehn Jahre auf."
    )


def _systems(shop: Shop) -> Iterator[str]:
    kind = "SQLite, eine Datei im Datenordner" if shop.database.is_sqlite else "PostgreSQL"
    yield "## Systeme"
    yield (
        f"- **Programm**: Dorfladen {program_version()}, quelloffen; jede Änderung steht im Verzeichnis der Änderungen "
        f"(CHANGELOG).\n- **Datenbank**: {kind}. Jeder Vorgang ist eine Transaktion: Er wird ganz geschrieben oder gar "
        "nicht.\n- **Datenordner**: Datenbank, Bilder, Belege als Dateien (Ordner papers), Sicherungen.\n"
        f"- **Briefe**: {'über den Mailserver des Ladens' if shop.settings.smtp_url else 'als Dateien im Datenordner'}."
    )


def _people(session: Session) -> Iterator[str]:
    names = sorted(session.exec(select(Account.name)).all())
    yield "## Wer arbeitet damit"
    yield (
        "Ins Backoffice kommt nur, wer ein eigenes Konto mit Passwort hat. Alle Konten dürfen dasselbe; jeder Vorgang "
        "trägt den Namen dessen, der ihn ausgelöst hat."
    )
    yield f"Konten: {', '.join(names)}." if names else "Es gibt noch kein Konto."


def _selling(session: Session, payments: Mapping[str, PaymentMethod]) -> Iterator[str]:
    ways = [method.label for method in payments.values() if not method.missing()]
    yield "## Vom Warenkorb zum Beleg"
    yield (
        "1. Die Kundin bestellt. Preise, Steuersätze und Rechtstexte werden in die Bestellung kopiert und nie mehr "
        "geändert.\n"
        f"2. Sie zahlt: {', '.join(ways) or 'noch keine Zahlungsart eingerichtet'}. Meldungen des Anbieters und "
        "Kontoauszüge werden eingelesen; jede Zahlung wird einmal gebucht.\n"
        "3. Die Ware geht hinaus. Mit der letzten Lieferung entsteht in derselben Transaktion die Rechnung, "
        "unveränderlich, mit fortlaufender Nummer.\n"
        "4. Was später abgezogen wird, macht eine Rechnungskorrektur; wird alles rückgängig, eine Stornorechnung. "
        "Belege werden nie geändert oder gelöscht, solange sie aufzubewahren sind.\n"
        "5. Rückzahlungen werden zuerst aufgeschrieben, dann ausgeführt, dann als erledigt vermerkt."
    )
    yield (
        "**Bargeld** nimmt der Shop nicht ein: Wer im Laden zahlt, zahlt an der Ladenkasse, deren Bon die Rechnung "
        "ist. Hier wird nur die Nummer des Bons vermerkt (§ 146a AO)."
    )


def _numbers() -> Iterator[str]:
    yield "## Nummern"
    kinds = "\n".join(f"- {prefix}-JJJJ-NNNNN: {_SERIES[prefix]}" for prefix in PREFIXES.values())
    yield (
        "Jede Art von Beleg hat je Jahr eine eigene Reihe ohne Lücken. Die Nummer wird in der Transaktion vergeben, "
        "die den Beleg schreibt; wird sie abgebrochen, ist die Nummer wieder frei. Vorführläden setzen TEST davor."
    )
    yield kinds
    yield "Bestellnummern sind zufällig, mit Prüfzeichen; sie sind keine Rechnungsnummern."


def _journal(shop: Shop, session: Session) -> Iterator[str]:
    number, digest = journal.head_of(session)
    look = journal_heads.last_look(shop.settings)
    yield "## Journal"
    yield (
        f"Jede neue Zeile aus {len(JOURNALLED)} Tabellen (Bestellungen, Vorgänge, Zahlungen, Rückzahlungen, "
        "Lieferungen, Belege, Gutscheine und andere) wird in ihrer Transaktion noch einmal in das Journal geschrieben: "
        "wer, wann, was. Jeder Eintrag enthält die Prüfsumme (SHA-256) des vorigen; die Datenbank verweigert Änderung "
        "und Löschung. Wird etwas verändert, findet die Prüfung den ersten falschen Eintrag. Namen und Anschriften "
        "stehen nicht im Journal."
    )
    yield f"Letzter Eintrag: Nummer {number}, Prüfsumme `{digest}`." if number else "Noch gibt es keinen Eintrag."
    state = "noch nie" if look is None else f"{look.head.at}, {look.fault or 'alles unversehrt'}"
    yield (
        "Geprüft wird jede Nacht; die letzte Prüfsumme wird außerhalb der Datenbank notiert, steht in jeder Sicherung "
        f"und in jedem Monatsarchiv. Letzte Prüfung: {state}."
    )


def _retention(session: Session) -> Iterator[str]:
    yield "## Aufbewahrung"
    yield "\n".join(f"- **{each.name}**: {each.years} Jahre ({each.law})" for each in retention.CLASSES)
    yield (
        "Die Fristen beginnen mit dem Ende des Kalenderjahres, nach der Uhr in Berlin. Danach wird nachts in kleinen "
        "Teilen gelöscht, immer ein Vorgang als Ganzes; das Journal sagt, was gelöscht wurde."
    )
    for hold in retention.standing_holds(session):
        yield f"Zurzeit wird nichts gelöscht, seit dem {german_day(hold.since):%d.%m.%Y}: {hold.reason}."


def _backups(shop: Shop) -> Iterator[str]:
    yield "## Sicherung"
    if not shop.database.is_sqlite:
        yield "Die Datenbank PostgreSQL und der Datenordner werden vom Betreiber des Servers gesichert (pg_dump)."
        return
    newest = backup.newest(shop.settings)
    yield (
        "Jede Nacht wird der ganze Laden in eine ZIP-Datei gesichert, gelesen und geprüft. Aufgehoben werden die "
        f"letzten {backup.KEPT} und je eine der letzten zwölf Monate. "
        f"Neueste: {newest.name if newest else 'noch keine'}."
    )


def _exports(session: Session) -> Iterator[str]:
    terms = book_terms.load(session)
    yield "## Ausgabe"
    yield (
        "- **Finanzamt** (Datenzugriff Z3): CSV-Dateien mit Beschreibung (index.xml) für einen gewählten Zeitraum, "
        "ohne Namen; die Belege selbst als PDF und XML.\n"
        f"- **Steuerberatung**: Buchungsstapel im DATEV-Format ({CHARTS[terms.chart]}), je Monat ein Archiv mit "
        "Belegen, Journal und Zusammenfassung.\n"
        "- **One-Stop-Shop**: vierteljährlich nach Land und Satz."
    )


def _tax(session: Session, now: datetime) -> Iterator[str]:
    owner = profile.load(session)
    yield "## Besteuerung"
    if owner.is_small_business:
        yield (
            "Kleinunternehmer nach § 19 UStG: Es wird keine Steuer berechnet. Der Shop zählt den Umsatz und versteuert "
            "die Bestellung, die über 100.000 € im Jahr führt, und alle folgenden."
        )
    else:
        yield "Regelbesteuerung: Preise enthalten die Steuer; der Satz folgt aus der Steuerklasse der Ware und dem Tag."
    changes = [
        each for each in small_business.history(session) if each.since >= german_day(now).replace(month=1, day=1)
    ]
    for change in changes:
        kind = "Kleinunternehmer" if change.is_small_business else "Regelbesteuerung"
        yield f"Ab {change.since:%d.%m.%Y}: {kind} ({change.author})."
