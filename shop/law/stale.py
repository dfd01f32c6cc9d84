"""Words of yesterday's law and words that were never true, as data: what, since when, how grave, what to write instead.

From the checklist's linter. Each is looked for where it can do harm (`kinds`), so that what is right in one place is
no false alarm in another: a tax note stands in every template, but must not be shown by a small business.
Patterns are written without blanks: where a text breaks its lines is none of their business.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shop.law.rules import ERROR, WARNING
from shop.profile import Profile

TEMPLATE, PAGE, GOODS, OWNER, SHOWN, LETTER, PAPER = "template", "page", "goods", "owner", "shown", "letter", "paper"
"""Where a text stands: a theme's file, a page of text, texts of goods, the owner's other words; and as a shopper reads
it: a rendered page, a letter, a document to print."""

_ALL = frozenset({TEMPLATE, PAGE, GOODS, OWNER, SHOWN, LETTER, PAPER})
_OWN_WORDS = frozenset({PAGE, GOODS, OWNER})
_SHOWN = frozenset({PAGE, GOODS, OWNER, SHOWN, LETTER, PAPER})
_CONSUMER_RIGHTS = date(2014, 6, 13)


def _always(owner: Profile) -> bool:
    return True


@dataclass(frozen=True)
class StaleText:
    """A wording that must not stand any more, from the day `since` on.

    `clues` are small letters one of which every hit holds, so that most texts need no closer look. `beside` must
    stand in the same text, too, where it is given. `is_due` says for which owners it matters.
    """

    id: str
    severity: str
    since: date
    clues: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str
    kinds: frozenset[str] = _ALL
    beside: re.Pattern[str] | None = None
    is_due: Callable[[Profile], bool] = _always

    def hits(self, text: str) -> list[re.Match[str]]:
        """Where it stands in a text."""
        if self.beside is not None and not self.beside.search(text):
            return []
        return list(self.pattern.finditer(text))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_LATE = r"(?:in\s+der\s+Regel|voraussichtlich|in\s+Kürze)"
_WHEN = r"(?:Lieferzeit|Lieferung|lieferbar|Versand|verschick)\w*"
_BACK = r"(?:zurück|Rückgabe|Rücksend|Umtausch|umgetauscht|Widerruf|widerrufen|Retoure|annehmen|angenommen)"
_ONE_YEAR = r"(?:12\s+Monate\w*|zwölf\s+Monate\w*|1\s+Jahr\b|ein(?:em)?\s+Jahr\b)"
_TAX = r"(?:MwSt|USt\b|Mehrwertsteuer|Umsatzsteuer)"

CLOSED_PLATFORM = "os-plattform"  # told by a rule of its own, A10

STALE: tuple[StaleText, ...] = (
    StaleText(
        "telemedien", ERROR, date(2024, 5, 14), ("tmg", "telemediengesetz"),
        _words(r"\bTMG\b|Telemediengesetz"),
        "Dieses Gesetz gibt es nicht mehr. Das Impressum verlangt § 5 DDG.",
    ),
    StaleText(
        "tele-daten", ERROR, date(2024, 5, 14), ("ttdsg",), _words(r"\bTTDSG\b"),
        "Das Gesetz heißt seit Mai 2024 TDDDG.",
    ),
    StaleText(
        "rundfunk", ERROR, date(2020, 11, 7), ("rstv", "rundfunkstaatsvertrag"),
        _words(r"\bRStV\b|Rundfunkstaatsvertrag"),
        "Wer für Texte verantwortlich ist, nennt man nach § 18 Abs. 2 MStV.",
    ),
    StaleText(
        "netzwerke", ERROR, date(2024, 5, 14), ("netzdg", "netzwerkdurchsetzung"),
        _words(r"\bNetzDG\b|Netzwerkdurchsetzungsgesetz"),
        "Dieses Gesetz gilt für Ihren Laden nicht mehr. Bitte streichen Sie den Satz.",
    ),
    StaleText(
        CLOSED_PLATFORM, ERROR, date(2025, 7, 20), ("/odr", "plattform", "online-streit", "onlinestreit"),
        _words(r"consumers/odr|ec\.europa\.eu/odr|\bOS-Plattform|Plattform\s+(?:der\s+\S+\s+\S+\s+)?zur\s+Online-?Streit"
               r"|Online-?Streitbeilegung"),
        "Die Plattform ist seit dem 20. Juli 2025 abgeschaltet. Link und Satz müssen weg.",
    ),
    StaleText(
        "fax-im-widerruf", WARNING, date(2022, 5, 28), ("telefax",), _words(r"Telefax\w*"),
        "In der Widerrufsbelehrung und im Formular steht seit Mai 2022 kein Fax mehr.",
        beside=_words(r"Widerrufsfrist|Muster-Widerrufsformular|Widerrufsrecht"),
    ),
    StaleText(
        "alter-hinweis-3", ERROR, date(2026, 6, 19), ("elektronisch",),
        _words(r"Muster-Widerrufsformular.{0,200}?elektronisch\s+ausfüllen"),
        "Seit dem 19. Juni 2026 steht hier der Satz mit dem Link zur Widerrufsfunktion.",
    ),
    StaleText(
        "ruecktritt", WARNING, _CONSUMER_RIGHTS, ("rücktrittsrecht",), _words(r"Rücktrittsrecht\w*"),
        "Für Käufe im Internet heißt es „Widerrufsrecht“.", is_due=lambda owner: owner.country != "AT",
    ),
    StaleText(
        "nur-ungeoeffnet", ERROR, _CONSUMER_RIGHTS, ("originalverpack", "ungeöffnet", "unbenutzt"),
        _words(rf"nur\s+(?:in\s+(?:der\s+)?(?:ungeöffneter\s+|unbeschädigter\s+)?Originalverpackung|originalverpackt\w*"
               rf"|ungeöffnet\w*|unbenutzt\w*)(?=.{{0,90}}{_BACK})"
               rf"|{_BACK}\w*.{{0,60}}?nur\s+(?:in\s+(?:der\s+)?Originalverpackung|originalverpackt\w*|ungeöffnet\w*)"),
        "Widerrufen darf auch, wer ausgepackt hat. Bitte streichen Sie den Satz.",
    ),
    StaleText(
        "kein-umtausch", ERROR, _CONSUMER_RIGHTS, ("vom umtausch", "vom widerruf", "vom rückgaberecht"),
        _words(r"(?:vom|von\s+(?:der|dem|einem))\s+Umtausch\s+ausgeschlossen"
               r"|(?:reduzierte|herabgesetzte|zugeschnittene|rabattierte)\w*\s+(?:\w+\s+)?(?:ist|sind)\s+vom\s+"
               r"(?:Widerruf|Umtausch|Rückgaberecht)"),
        "Auch reduzierte und zugeschnittene Ware darf zurückgegeben werden. Ausnahmen tragen Sie beim Artikel ein.",
    ),
    StaleText(
        "unfrei", WARNING, _CONSUMER_RIGHTS, ("unfrei",), _words(r"unfreie?[nrs]?\b.{0,80}?nicht\s+(?:an)?genommen"),
        "Auch eine unfrei geschickte Rücksendung ist ein wirksamer Widerruf. Bitten Sie höchstens darum.",
    ),
    StaleText(
        "ein-jahr", ERROR, _CONSUMER_RIGHTS, ("gewährleistung", "mängelhaftung"),
        _words(r"(?:Gewährleistung(?:sfrist|szeit)?|Mängelhaftung):?\s+(?:von\s+|beträgt\s+)?(?:nur\s+)?"
               rf"{_ONE_YEAR}(?!.{{0,60}}(?:gebraucht|länger))|\b{_ONE_YEAR}\s+Gewährleistung(?!.{{0,60}}gebraucht)"),
        "Für neue Ware sind es gegenüber Verbrauchern immer zwei Jahre.",
    ),
    StaleText(
        "ungefaehre-lieferzeit", WARNING, _CONSUMER_RIGHTS, ("in der regel", "voraussichtlich", "in kürze"),
        _words(rf"{_WHEN}[^.!?]{{0,60}}?(?<!\u201e){_LATE}|(?<!\u201e){_LATE}[^.!?]{{0,60}}?{_WHEN}"),
        "Die Lieferzeit braucht ein Ende: „2–4 Werktage“ oder „ca. 5 Werktage“.", kinds=_SHOWN - {LETTER},
    ),
    StaleText(
        "steuer-trotz-19", ERROR, date(2008, 1, 1), ("mwst", "ust", "mehrwertsteuer", "umsatzsteuer"),
        _words(rf"(?:inkl\.?|inklusive|enthaltene?|einschließlich|darin|zzgl\.)\s+(?:der\s+)?(?:gesetzlichen?\s+)?"
               rf"(?:\d+(?:,\d+)?\s*%\s+)?{_TAX}"),
        "Kleinunternehmer weisen keine Steuer aus: „Endpreis, steuerfrei nach § 19 UStG (Kleinunternehmer)“.",
        kinds=_SHOWN, is_due=lambda owner: owner.is_small_business,
    ),
    StaleText(
        "altes-19", WARNING, date(2025, 1, 1), ("§ 19", "§\u00a019", "§19"),
        _words(rf"(?:gemäß|nach|i\.\s?S\.\s?d\.)\s+§\s*19[^.]{{0,60}}?keine\s+{_TAX}\s+(?:berechnet|erhoben|ausgewiesen)"
               rf"|kein\s+{_TAX}-?\s?ausweis\w*[^.]{{0,60}}§\s*19"),
        "Seit 2025 sind die Umsätze steuerfrei: „Es gilt die Steuerbefreiung für Kleinunternehmer (§ 19 UStG)“.",
    ),
    StaleText(
        "gutschrift", ERROR, date(2013, 6, 30), ("gutschrift",), _words(r"\bGutschrift(?:en|snummer)?\b"),
        "So heißt nur, was der Kunde selbst abrechnet: „Stornorechnung“ oder „Rechnungskorrektur“.",
        kinds=frozenset({PAPER}),
    ),
    StaleText(
        "hundert-gramm", ERROR, date(2022, 5, 28), ("100 g", "100\u00a0g", "100g"),
        _words(r"€\s*(?:/|je|pro)\s*100\s?g\b"),
        "Für abgepackte Ware steht der Grundpreis je Kilogramm.", kinds=_OWN_WORDS,
    ),
    StaleText(
        "barrierefreiheit", WARNING, date(2025, 6, 28), ("erklärung zur barriere",),
        _words(r"Erklärung\s+zur\s+Barrierefreiheit"),
        "So heißt sie bei Behörden. Ein Laden hat „Informationen zur Barrierefreiheit“.",
    ),
    StaleText(
        "batterien", WARNING, date(2025, 10, 7), ("battg", "batteriegesetz"), _words(r"\bBattG\b|\bBatteriegesetz\w*"),
        "Seit dem 7. Oktober 2025 gilt das Batterierecht-Durchführungsgesetz (BattDG).",
    ),
    StaleText(
        "verpackung", WARNING, date(2026, 8, 12), ("verpackg", "verpackungsgesetz"),
        _words(r"\bVerpackG\b|\bVerpackungsgesetz\w*"),
        "Seit dem 12. August 2026 gelten die EU-Verpackungsverordnung und das VerpackDG.",
    ),
    StaleText(
        "platzhalter", ERROR, date(2000, 1, 1), ("[", "xx", "muster", "lorem"),
        re.compile(
            r"(?<![\w)}])\[(?:…|\.{3}|Name|Firma|Anschrift|Adresse|Straße|PLZ|Ort|Datum|Telefon\w*|E-Mail[\w-]*|Ihr[e\w]*\b[^\]\n]*"
            r"|[Hh]ier\b[^\]\n]*|[Bb]itte\b[^\]\n]*|[^\]\n]*\beinfügen|[^\]\n]*\beintragen|Unternehme[\w]*"
            r"|Steuernummer|USt[\w-]*|(?:Handels)?[Rr]egister\w*|Geschäftsführ\w*|IBAN|Kontoinhaber\w*|Vorname\w*|Nachname"
            r"|Hausnummer|Rechtsform|Webseite|Website|Shopname|Vertret\w*|Aufsichtsbehörde)\](?![(\[:])"
            r"|(?<![\w-])XX+(?![\w-])|\bMuster\sGmbH|\bMax\sMustermann|[Ll]orem\s+ipsum"
        ),
        "Hier fehlt noch etwas: Bitte füllen Sie die Lücke.",
    ),
)  # fmt: skip
