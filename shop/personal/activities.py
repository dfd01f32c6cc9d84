"""What the shop does with personal data, part by part, as it is switched on: the record of Art. 30 DSGVO."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.search import misses
from shop.legal import CART_DAYS
from shop.newsletter.subscriptions import CONFIRM_WITHIN
from shop.processors import Recipient

_LAW = "Rechnungen und Buchungsbelege nach 8, Handelsbriefe nach 6, Bücher nach 10 Jahren ab Jahresende, von selbst"
_CONTRACT, _DUTY = "Vertrag (Art. 6 Abs. 1 Buchst. b DSGVO)", "Gesetz (Art. 6 Abs. 1 Buchst. c DSGVO)"
_INTEREST = "berechtigtes Interesse (Art. 6 Abs. 1 Buchst. f DSGVO)"
_CONSENT = "Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO, § 7 Abs. 2 Nr. 2 UWG)"


@dataclass(frozen=True)
class Activity:
    """One activity, in German; `recipients` are labels of processors.Recipient."""

    name: str
    purpose: str
    basis: str
    persons: str
    data: str
    recipients: tuple[str, ...]
    deletion: str
    third_countries: str = ""


def of(recipients: Iterable[Recipient], *, has_newsletter: bool, buys_by_invoice: bool) -> list[Activity]:
    """All activities of a shop with these recipients."""
    labels = {each.key: each.label for each in recipients}

    def named(*beginnings: str) -> tuple[str, ...]:
        return tuple(label for key, label in labels.items() if key.startswith(beginnings))

    found = [
        Activity(
            "Betrieb des Ladens im Netz", "Seiten ausliefern, Angriffe abwehren", _INTEREST, "Besucherinnen",
            "IP-Adresse während des Aufrufs, Prüfsummen gegen Missbrauch", named("host"),
            "kein Zugriffsprotokoll; Prüfsummen nach einem Tag",
        ),
        Activity(
            "Warenkorb und Kasse", "Bestellung vorbereiten", _CONTRACT, "Kundinnen",
            "Waren, Name, Anschriften, E-Mail, Telefon", named("host"), f"{CART_DAYS} Tage nach der letzten Änderung",
        ),
        Activity(
            "Bestellung, Lieferung, Rechnung", "Vertrag erfüllen, Bücher führen", f"{_CONTRACT}; {_DUTY}",
            "Kundinnen", "Name, Anschriften, E-Mail, Telefon, Waren, Preise, Schriftwechsel",
            named("host", "mail", "carrier", "tax"), _LAW,
        ),
        Activity(
            "Bezahlung und Rückzahlung", "Geld annehmen und zurückgeben", f"{_CONTRACT}; {_DUTY}", "Kundinnen",
            "Betrag, Verwendungszweck, Bankverbindung, Kennungen des Zahlungsdienstes", named("bank", "stripe", "tax"),
            _LAW, "USA bei Stripe (Angemessenheitsbeschluss, Standardvertragsklauseln)" if "stripe" in labels else "",
        ),
        Activity(
            "Widerruf und Reklamation", "gesetzliche Rechte erfüllen", f"{_CONTRACT}; {_DUTY}", "Kundinnen",
            "Name, E-Mail, Angabe zur Bestellung, Eingang", named("host", "mail"), _LAW,
        ),
        Activity(
            "Suche im Laden", "fehlende Wörter und Waren erkennen", _INTEREST, "Besucherinnen",
            "gesuchte Wörter ohne Angabe, wer gesucht hat", named("host"), f"nach {misses.KEPT_FOR.days} Tagen",
        ),
        Activity(
            "Sicherungen", "Daten wiederherstellen", f"{_DUTY}; {_INTEREST}", "alle Genannten", "alle Genannten",
            named("host", "backup"), "nach 14 Tagen, eine je Monat nach einem Jahr",
        ),
        Activity(
            "Anfragen zum Datenschutz", "Auskunft und Löschung nachweisen", _DUTY, "Anfragende",
            "Prüfsumme statt Name, Zeit, Umfang", named("host"), "nach 3 Jahren ab Jahresende",
        ),
        Activity(
            "Konten im Backoffice", "Zugang regeln, nachsehen können, wer was tat", _INTEREST, "Leute des Ladens",
            "Name, Prüfsumme des Passworts, Bearbeitungen", named("host"), "Konto mit dem Ausscheiden",
        ),
    ]  # fmt: skip
    if buys_by_invoice:
        found.append(Activity(
            "Kauf auf Rechnung", "Kauf auf Rechnung mit Vertrauten", _CONTRACT, "ausgewählte Kundinnen",
            "Name, E-Mail, Kundennummer, Rahmen", named("host", "mail", "bank"), "wenn die Vereinbarung endet",
        ))  # fmt: skip
    if has_newsletter:
        found.append(Activity(
            "Newsletter", "Neues aus dem Laden mitteilen", _CONSENT, "Leserinnen und Leser",
            "E-Mail, Wortlaut und Zeiten der Einwilligung", named("host", "mail"),
            f"ohne Bestätigung nach {CONFIRM_WITHIN.days} Tagen; Nachweis 3 Jahre ab Jahresende nach der Abmeldung",
        ))  # fmt: skip
    return found
