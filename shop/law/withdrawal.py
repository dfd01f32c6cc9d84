"""Rules about withdrawal (part B), and what must be told of goods that may not be sent back (A07).

What pages and letters must be stands in withdrawing.py.
"""

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, select

from catalog.exclusions import CUT_IS_NOT_MADE, Exclusion
from catalog.products import Product
from catalog.units import Unit
from checkout import wordings
from shop import legal, withdrawal_desk
from shop.law import specimen, withdrawing
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight, by_construction

_FUNCTION = date(2026, 6, 19)  # § 356a BGB
_CONSUMER_RIGHTS = date(2014, 6, 13)  # RL 2011/83/EU in force
_DIGITAL = date(2022, 1, 1)
_CANCELLATION = date(2022, 7, 1)  # § 312k BGB

_EDIT = "/backoffice/artikel/{}#widerrufsrecht"


def exceptions_are_told(sight: Sight) -> Iterable[Fault]:
    """A07: where goods are sold that may not be sent back, shoppers read so in all four places."""
    return withdrawing.exceptions_are_told(sight) if _excluded(sight) else ()


def instruction_stands(sight: Sight) -> Iterable[Fault]:
    """B07: the instruction that is kept is the canonical one."""
    if legal.versions(sight.session) is not None and not legal.instruction_stands(
        sight.session, sight.owner, sight.shop.settings
    ):
        yield Fault(
            "Die gespeicherte Widerrufsbelehrung ist nicht mehr die gesetzliche. Mit der nächsten Bestellung schreibt "
            "der Laden sie neu.",
            "/backoffice/seiten",
        )


def exceptions_have_reasons(sight: Sight) -> Iterable[Fault]:
    """B08: whoever calls goods excluded says why."""
    for product in _excluded(sight):
        if not product.withdrawal_reason.strip():
            yield Fault(f"„{product.name}“: Es fehlt, warum das Widerrufsrecht nicht gilt.", _EDIT.format(product.id))


def cut_goods_are_not_made(sight: Sight) -> Iterable[Fault]:
    """B08: goods by the metre are hardly ever custom-made."""
    for product in _excluded(sight):
        if product.withdrawal == Exclusion.CUSTOM_MADE and product.unit == Unit.LENGTH:
            yield Fault(f"„{product.name}“: {CUT_IS_NOT_MADE}", _EDIT.format(product.id))


def refunds_are_in_time(sight: Sight) -> Iterable[Fault]:
    """B10: money that goes back within days, or should have."""
    for case in withdrawal_desk.pressing_cases(sight.session, sight.shop, sight.today):
        path = f"/backoffice/widerrufe/{case.withdrawal.id}"
        due = f"{case.due_on:%d.%m.%Y}"
        if case.is_overdue(sight.today):
            yield Fault(f"Der Widerruf von {case.withdrawal.name} war bis zum {due} zu erstatten.", path)
        else:
            yield Fault(f"Der Widerruf von {case.withdrawal.name} ist bis zum {due} zu erstatten.", path)


def return_costs_are_decided(sight: Sight) -> Iterable[Fault]:
    """B11: the owner has decided, and the instruction says what."""
    sentence = wordings.RETURN_COSTS.get(sight.owner.return_costs_by)
    if sentence is None:
        yield Fault(
            "Bitte entscheiden Sie, wer bei einem Widerruf die Rücksendung bezahlt.",
            "/backoffice/laden#ruecksendung",
        )
        return
    if sentence not in specimen.of(sight).page("widerrufsbelehrung").text:
        yield Fault("Die Widerrufsbelehrung sagt nicht, wer die Rücksendung bezahlt.")


def _excluded(sight: Sight) -> list[Product]:
    """Published goods that may not be sent back."""
    found = select(Product).where(col(Product.published_at).is_not(None), Product.withdrawal != Exclusion.NORMAL.value)
    return list(sight.session.exec(found.order_by(col(Product.id))).all())


RULES: tuple[Rule, ...] = (
    Rule(
        "A07", "Art. 246a § 1 Abs. 3 EGBGB", _CONSUMER_RIGHTS, ERROR,
        "Was nicht zurückgegeben werden darf, muss die Kundin vor der Bestellung wissen.",
        "Der Hinweis steht am Artikel, im Warenkorb, vor dem Bestellknopf und in der Bestellbestätigung.",
        exceptions_are_told,
    ),
    Rule(
        "B01", "§ 356a Abs. 1 BGB; Art. 11a RL 2011/83/EU", _FUNCTION, ERROR,
        f"„{wordings.WITHDRAW_LINK}“ steht gut sichtbar auf jeder Seite und lässt sich ständig erreichen.",
        "Als Knopf im Fuß jeder Seite, auf der Bestellseite, im Brief und in der Belehrung; nicht abzuschalten.",
        withdrawing.function_everywhere,
    ),
    Rule(
        "B02", "§ 356a Abs. 2 BGB", _FUNCTION, ERROR,
        "Widerrufen geht mit Name, Angabe der Bestellung und Adresse für die Bestätigung, ohne Konto und ohne Grund.",
        "Ein freier Text genügt; keine Antwort verrät, ob es eine Bestellung gibt.", withdrawing.first_step,
    ),
    Rule(
        "B03", "§ 356a Abs. 3 BGB", _FUNCTION, ERROR,
        f"Ein zweiter Schritt bestätigt, mit „{wordings.WITHDRAW_BUTTON}“ und nichts anderem.",
        "Wer zweimal drückt, erklärt einmal; eine Adresse aufzurufen, erklärt nichts.", withdrawing.second_step,
    ),
    Rule(
        "B04", "§ 356a Abs. 4 BGB", _FUNCTION, ERROR,
        "Der Eingang wird sofort auf einem dauerhaften Datenträger bestätigt, mit Inhalt, Datum und Uhrzeit.",
        "Erst wird gespeichert, dann geht der Brief mit PDF hinaus; er verspricht nichts.", withdrawing.receipt,
    ),
    Rule(
        "B05", "§§ 355 Abs. 1 S. 5, 356a Abs. 5 BGB", _FUNCTION, ERROR,
        "Rechtzeitig ist, was vor dem Ende der Frist abgeschickt ist.",
        "Es zählt der Beginn der Anfrage; auch Spätes wird bestätigt; nur Sie sehen, dass es spät ist.",
        by_construction,
    ),
    Rule(
        "B06", "§§ 356 Abs. 2, 187, 188, 193 BGB", _CONSUMER_RIGHTS, ERROR,
        "Die Frist beginnt, wenn das letzte Paket angekommen ist, und endet nie am Wochenende oder Feiertag.",
        "Ohne eingetragenen Tag der Ankunft hat sie nicht begonnen; die Feiertage sind die Ihres Bundeslandes.",
        by_construction,
    ),
    Rule(
        "B07", "§ 356 Abs. 3 BGB (auch als Abs. 4 geführt)", _CONSUMER_RIGHTS, ERROR,
        "Fehlt die Belehrung oder ist sie falsch, dauert die Frist zwölf Monate und vierzehn Tage.",
        "Keine Bestellung ohne die gesetzliche Belehrung; gespeichert sind ihre Fassung und ob der Brief hinausging.",
        instruction_stands,
    ),
    Rule(
        "B08", "§ 312g Abs. 2 Nr. 1, 3, 6 BGB", _CONSUMER_RIGHTS, ERROR,
        "Ausnahmen vom Widerrufsrecht gibt es nur, wo sie passen.",
        "Jede Ausnahme steht am einzelnen Artikel und braucht einen Grund; einen Schalter für alles gibt es nicht.",
        exceptions_have_reasons,
    ),
    Rule(
        "B08-METER", "§ 312g Abs. 2 Nr. 1 BGB; BGH VIII ZR 295/01", _CONSUMER_RIGHTS, WARNING,
        "Zugeschnittene Meterware ist in aller Regel nicht „eigens angefertigt“.",
        "Wer sie so nennt, wird gewarnt.", cut_goods_are_not_made,
    ),
    Rule(
        "B09", "§ 312g Abs. 2 BGB", _CONSUMER_RIGHTS, ERROR,
        "Ausgenommen ist nur die einzelne Ware, nicht die Bestellung.",
        "Auch Ausgenommenes lässt sich ankreuzen; der Hinweis steht dabei, und Sie entscheiden.", by_construction,
    ),
    Rule(
        "B10", "§ 357 Abs. 1 bis 4 BGB", _CONSUMER_RIGHTS, WARNING,
        "Das Geld geht binnen vierzehn Tagen zurück, mit der günstigsten Standardlieferung und auf demselben Weg.",
        "Der Laden rechnet es Zeile für Zeile vor und erinnert; warten dürfen Sie auf Ware oder Beleg.",
        refunds_are_in_time,
    ),
    Rule(
        "B11", "§ 357 Abs. 5 BGB", _CONSUMER_RIGHTS, ERROR,
        "Die Rücksendung bezahlt die Kundin nur, wenn sie das vorher wusste.",
        "Sie entscheiden es beim Einrichten; ohne Entscheidung öffnet der Laden nicht.", return_costs_are_decided,
    ),
    Rule(
        "B12", "§§ 356, 312f Abs. 3 BGB", _DIGITAL, ERROR,
        "Downloads brauchen zwei Erklärungen der Kundin, bevor sie beginnen.",
        "Dieser Laden verkauft keine Downloads: Eine Ware ohne Lieferung gibt es hier nicht.", by_construction,
    ),
    Rule(
        "B13", "§ 312k BGB", _CANCELLATION, ERROR,
        "Laufende Verträge brauchen einen Kündigungsknopf.",
        "Dieser Laden verkauft keine Abos: Jede Bestellung wird einmal geliefert und einmal bezahlt.", by_construction,
    ),
)  # fmt: skip
