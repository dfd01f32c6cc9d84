"""Rules about what lies around the shop, Austria and Switzerland (parts G and H)."""

from collections.abc import Iterable
from datetime import date, datetime

from catalog import suppliers
from checkout import rates, wordings
from shop import artwork
from shop.formats import BERLIN
from shop.law import markup, specimen, theme_files
from shop.law.rules import ERROR, INFO, WARNING, Fault, Rule, Sight, by_construction

_DELIVERY = "/backoffice/einrichten/lieferung"
_VERPACK_DG = date(2026, 8, 12)
_PRODUCT_LIABILITY = date(2026, 12, 9)
_FAGG_WITHDRAWAL = date(2026, 10, 1)
_GUARANTEE = date(2026, 9, 27)


def packaging(sight: Sight) -> Iterable[Fault]:
    """G01: whoever sends parcels is entered in LUCID and takes part in a dual system before the first of them."""
    if not _sends(sight):
        return
    law = "VerpackDG" if sight.today >= _VERPACK_DG else "VerpackG"
    if not sight.owner.lucid_number:
        yield Fault(
            f"Bitte tragen Sie Ihre LUCID-Nummer ein: Ohne sie darf nichts verschickt werden ({law}).",
            f"{_DELIVERY}#lucid",
        )
    if not sight.owner.dual_system:
        yield Fault(f"Bitte tragen Sie ein, bei welchem dualen System Sie sind ({law}).", f"{_DELIVERY}#system")


def austrian_packaging(sight: Sight) -> Iterable[Fault]:
    """G02: whoever sends parcels to Austria has a representative for packaging there."""
    if _serves(sight, "AT") and not sight.owner.austrian_packaging:
        yield Fault(
            "Sie liefern nach Österreich: Bitte nennen Sie Ihren Bevollmächtigten für Verpackungen.",
            f"{_DELIVERY}#verpackung-at",
        )


def suppliers_known(sight: Sight) -> Iterable[Fault]:
    """G03: of goods that came in since products fall under the new liability, the supplier is known."""
    begun = datetime(_PRODUCT_LIABILITY.year, _PRODUCT_LIABILITY.month, _PRODUCT_LIABILITY.day, tzinfo=BERLIN)
    if count := suppliers.unnamed_since(sight.session, begun):
        yield Fault(
            f"Bei {count} Wareneingängen steht nicht, von wem die Ware kam. Wer es im Schadensfall nicht sagen kann, "
            "haftet wie der Hersteller.",
            "/backoffice/rueckruf",
        )


def same_withdrawal(sight: Sight) -> Iterable[Fault]:
    """H01: Austria asks for the same two steps under the same words."""
    if not _serves(sight, "AT"):
        return
    seen = specimen.of(sight)
    if seen.page("home").tree.link(wordings.WITHDRAW_LINK) is None:
        yield Fault(f"Der Link „{wordings.WITHDRAW_LINK}“ fehlt (in Österreich § 13a FAGG).")
    steps = seen.page("withdrawal-confirm").tree
    if [markup.words_on(each) for each in markup.buttons(steps)].count(wordings.WITHDRAW_BUTTON) != 1:
        yield Fault(f"Die Schaltfläche muss in Österreich ausschließlich „{wordings.WITHDRAW_BUTTON}“ heißen.")


def same_notice(sight: Sight) -> Iterable[Fault]:
    """H02: Austria asks for the same official picture."""
    if _serves(sight, "AT") and artwork.notice(sight.session) is None:
        yield Fault(
            "Auch in Österreich ist die amtliche Mitteilung zur Gewährleistung Pflicht; sie fehlt noch.",
            "/backoffice/gewaehrleistung",
        )


def same_button(sight: Sight) -> Iterable[Fault]:
    """H03: Austria asks for the same words on the button."""
    if not _serves(sight, "AT"):
        return
    confirm = specimen.of(sight).page("confirm").tree
    words = [markup.words_on(each).casefold() for each in markup.buttons(confirm)]
    if wordings.ORDER_BUTTON not in words:
        yield Fault(f"Auf der Schaltfläche muss auch in Österreich „{wordings.ORDER_BUTTON}“ stehen (§ 8 FAGG).")


def austrian_texts(sight: Sight) -> Iterable[Fault]:
    """H04: an offer that is made for Austria names there what Austrian law asks for."""
    if not (_serves(sight, "AT") and sight.owner.aims_at_austria):
        return
    seen = specimen.of(sight)
    if "§ 25 MedienG" not in seen.page("impressum").text:
        yield Fault("Im Impressum fehlen die Angaben für Österreich (§ 5 ECG, § 25 MedienG).", "/backoffice/laden")
    if "Rücktritt vom Vertrag" not in seen.page("agb").text:
        yield Fault("In den AGB fehlt, dass der Widerruf in Österreich Rücktritt heißt.", "/backoffice/laden")


def customs_note(sight: Sight) -> Iterable[Fault]:
    """H06: where goods go to Switzerland, customs are told of on the shipping page, in the cart and before ordering."""
    if not _serves(sight, "CH"):
        return
    seen = specimen.of(sight)
    for name, where in (("versand", "auf der Seite „Versand und Zahlung“"), ("cart", "im Warenkorb")):
        if wordings.CUSTOMS_NOTE not in seen.page(name).text:
            yield Fault(f"Sie liefern in die Schweiz, aber {where} fehlt „{wordings.CUSTOMS_NOTE}“.")
    if "CUSTOMS_NOTE" not in theme_files.text_of(sight, "pages/confirm.html"):
        yield Fault(f"Sie liefern in die Schweiz, aber auf „Bestellung prüfen“ fehlt „{wordings.CUSTOMS_NOTE}“.")


def _sends(sight: Sight) -> bool:
    return bool(sight.owner.delivery_countries.split()) and bool(rates.load(sight.session).rates)


def _serves(sight: Sight, country: str) -> bool:
    return country in sight.owner.delivery_countries.split() and bool(rates.load(sight.session).rates)


RULES: tuple[Rule, ...] = (
    Rule(
        "G01", "VerpackDG, VO (EU) 2025/40 (bis 11.08.2026 VerpackG)", date(2019, 1, 1), ERROR,
        "Wer Pakete verschickt, steht vorher im Verpackungsregister LUCID und zahlt ein duales System.",
        "LUCID-Nummer und duales System sind eingetragen, oder es wird nichts verschickt. Wie viel Verpackung "
        "hinausging, steht je Jahr unter „Versand“.", packaging, turns=(_VERPACK_DG,),
    ),
    Rule(
        "G02", "§ 16b VerpackungsVO (Österreich)", date(2023, 1, 1), WARNING,
        "Wer nach Österreich verschickt, hat dort einen Bevollmächtigten für Verpackungen.",
        "Er ist eingetragen, oder es geht nichts nach Österreich.", austrian_packaging,
    ),
    Rule(
        "G03", "RL (EU) 2024/2853, ProdHaftG", _PRODUCT_LIABILITY, INFO,
        "Wer nicht sagen kann, von wem er ein Produkt hat, haftet wie der Hersteller.",
        "Bei jedem Wareneingang steht der Lieferant; unter „Rückruf“ steht, woher ein Artikel kam.", suppliers_known,
    ),
    Rule(
        "G04", "RL (EU) 2024/1799", date(2026, 7, 31), INFO,
        "Bei einem Mangel wählt die Kundin Reparatur oder Ersatz; nach einer Reparatur gilt die Gewährleistung länger.",
        "Unter „Vorlagen und Aushang“ steht ein Text, der beides anbietet. Das deutsche Gesetz bitte prüfen lassen.",
        by_construction,
    ),
    Rule(
        "G05", "Art. 35 bis 37 VO (EU) 2023/988", date(2024, 12, 13), INFO,
        "Wer gefährliche Ware verkauft hat, benachrichtigt alle, die sie gekauft haben.",
        "Unter „Rückruf“ steht, wer einen Artikel bestellt hat, mit einem Text dazu.", by_construction,
    ),
    Rule(
        "G06", "Art. 246 EGBGB", _GUARANTEE, INFO,
        "Auch im Laden vor Ort hängt die Mitteilung zum Gewährleistungsrecht.",
        "Der Aushang ist unter „Vorlagen und Aushang“ zu drucken.", by_construction,
    ),
    Rule(
        "H01", "§ 13a FAGG", _FAGG_WITHDRAWAL, WARNING,
        "Österreich verlangt denselben Widerruf in zwei Schritten.",
        "Es ist derselbe Weg mit denselben Worten, oder es geht nichts nach Österreich.", same_withdrawal,
    ),
    Rule(
        "H02", "FAGG, Anhänge II und III", _GUARANTEE, WARNING,
        "Österreich verlangt dieselbe amtliche Mitteilung zur Gewährleistung.",
        "Sie steht im Laden, oder es geht nichts nach Österreich.", same_notice,
    ),
    Rule(
        "H03", "§ 8 FAGG", date(2014, 6, 13), WARNING,
        "Österreich verlangt dieselbe eindeutige Schaltfläche zum Bestellen.",
        "Es ist dieselbe, oder es geht nichts nach Österreich.", same_button,
    ),
    Rule(
        "H04", "FAGG, § 5 ECG, § 25 MedienG", date(2014, 6, 13), INFO,
        "Wer sich eigens an Österreich wendet, macht dort übliche Angaben.",
        "Die österreichischen Angaben stehen in Impressum und AGB, oder das Angebot richtet sich nicht an Österreich.",
        austrian_texts,
    ),
    Rule(
        "H05", "§ 3c UStG", date(2021, 7, 1), INFO,
        "Über 10.000 € im Jahr gilt für Verkäufe nach Österreich die dortige Steuer.",
        "Der Laden zählt mit und rechnet ab der Grenze mit dem Satz des Ziels; siehe E05.", by_construction,
    ),
    Rule(
        "H06", "Art. 246a § 1 Abs. 1 Nr. 7 EGBGB; Art. 3 Abs. 1 lit. s UWG (Schweiz)", date(2014, 6, 13), WARNING,
        "Wer in die Schweiz liefert, sagt vor der Bestellung, dass Zoll und Einfuhrabgaben dazukommen.",
        "Der Hinweis steht an allen drei Stellen, oder es geht nichts in die Schweiz.", customs_note,
    ),
)  # fmt: skip
