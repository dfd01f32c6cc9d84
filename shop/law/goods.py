"""Rules about goods and prices (part C): looked at in the goods on sale and on the pages of the specimen."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from shop import artwork
from shop.law import goods_on_sale as on_sale
from shop.law import goods_shown as shown
from shop.law import texts
from shop.law.rules import ERROR, INFO, WARNING, Fault, Rule, Sight, by_construction

_PANGV = date(2022, 5, 28)  # the price ordinance of 12 November 2021
_GPSR = date(2024, 12, 13)
_BATTERIES = date(2025, 10, 7)
_EMPCO = date(2026, 9, 27)  # directive (EU) 2024/825
_LONG_AGO = date(2014, 6, 13)  # directive 2011/83/EU

_STATT = re.compile(
    r"\b(?:statt|anstatt|früher|vorher)\s+(?:nur\s+)?\d+(?:,\d\d)?\s*(?:€|EUR|Euro)|\bUVP\b[^.\n]{0,20}\d",
    re.IGNORECASE,
)

Look = Callable[[Sight], Iterable[Fault]]


def both(*looks: Look) -> Look:
    """One look after the other."""

    def look(sight: Sight) -> Iterator[Fault]:
        for each in looks:
            yield from each(sight)

    return look


def compared_elsewhere(sight: Sight) -> Iterator[Fault]:
    """C05: no invented "statt" in pages, departments, newsletters and the owner's other words; goods are looked at."""
    for place in texts.own_texts(sight):
        if not place.path.startswith("/backoffice/artikel"):
            yield from (
                Fault(f"{place.where}: „{' '.join(found[0].split())}“ ist ein Vergleichspreis ohne Beleg.", place.path)
                for found in _STATT.finditer(place.text)
            )


def official_notice(sight: Sight) -> Iterator[Fault]:
    """C10: the owner has uploaded the official file, and it is still as it came."""
    path = "/backoffice/gewaehrleistung"
    standing = artwork.notice(sight.session)
    if standing is None:
        yield Fault("Die amtliche Mitteilung zum Gewährleistungsrecht fehlt. Bitte laden Sie sie hoch.", path)
        return
    if not artwork.is_whole(sight.shop.settings.artwork, standing.file):
        yield Fault(
            "Die Datei der amtlichen Mitteilung fehlt oder wurde verändert. Bitte laden Sie sie neu hoch.", path
        )
    if artwork.known_hashes() and standing.sha256 not in artwork.known_hashes():
        yield Fault(artwork.hash_verdict(standing.sha256), path)


RULES: tuple[Rule, ...] = (
    Rule("C01", "§ 3 PAngV", _PANGV, ERROR,
         "Wo ein Preis steht, ist es der Gesamtpreis mit Steuer.",
         "Der Laden kennt nur Endpreise und zeigt sie überall.", shown.gross),
    Rule("C02", "§ 6 PAngV; BGH I ZR 50/07", _PANGV, ERROR,
         "Bei jedem Preis steht, dass die Steuer enthalten ist und Versand dazukommt, mit Link zu den Versandkosten.",
         "Der Hinweis gehört zum Preis, in Listen, auf der Artikelseite und in den Angaben für Suchmaschinen.",
         shown.noted),
    Rule("C03", "§§ 4, 5 PAngV", _PANGV, ERROR,
         "Was nach Länge, Gewicht, Fläche oder Menge verkauft wird, hat einen Grundpreis in einer erlaubten Einheit.",
         "Der Grundpreis wird ausgerechnet und steht überall neben dem Preis.",
         both(on_sale.without_base_price, shown.base_prices)),
    Rule("C04", "§ 11 PAngV; EuGH C-330/23", _PANGV, ERROR,
         "Wer einen Preis reduziert nennt, nennt den niedrigsten der 30 Tage davor und rechnet die Prozente von ihm.",
         "Der niedrigste Preis kommt aus der Preisgeschichte; von ihm werden die Prozente gerechnet und abgerundet. "
         "Einen anderen Vergleich zeigt der Laden nicht.",
         both(on_sale.untrue_reductions, shown.reductions)),
    Rule("C05", "§ 5 UWG", _LONG_AGO, WARNING,
         "Vergleichspreise sind benannt: die UVP des Herstellers mit ihrem Datum, kein erfundenes „statt“.",
         "Die UVP steht mit Namen und Datum; im freien Text steht kein Vergleichspreis.",
         both(on_sale.recommended_without_date,
              on_sale.in_texts(_STATT, "Im Text steht „{}“: Vergleichspreise gehören in die Preisfelder."),
              compared_elsewhere)),
    Rule("C06", "Art. 246a § 1 Abs. 1 EGBGB", _LONG_AGO, ERROR,
         "Bei jedem Artikel steht, bis wann er geliefert wird.",
         "Die Lieferzeit steht in Werktagen beim Artikel, im Warenkorb und über dem Bestellknopf.",
         both(on_sale.without_delivery_time, shown.delivery_times)),
    Rule("C06w", "Art. 246a § 1 Abs. 1 EGBGB", _LONG_AGO, WARNING,
         "Auch im freien Text steht keine vage Lieferzeit.",
         "In den Texten der Artikel steht keine.",
         on_sale.vague_deliveries),
    Rule("C07", "Art. 19 VO (EU) 2023/988", _GPSR, ERROR,
         "Jedes Angebot nennt Hersteller mit Anschrift und E-Mail- oder Webadresse, außerhalb der EU auch, wer hier "
         "verantwortlich ist, zeigt ein Bild und die Artikelnummer.",
         "Ohne diese Angaben kommt kein Artikel in den Laden.", both(on_sale.without_safety_data, shown.makers)),
    Rule("C07w", "Art. 19 VO (EU) 2023/988", _GPSR, WARNING,
         "Zu jedem Artikel ist gesagt, welche Warnhinweise nötig sind oder dass keine nötig sind.",
         "Zu jedem Artikel ist etwas zu Warnhinweisen gesagt.", on_sale.without_word_on_warnings),
    Rule("C08", "Art. 16 VO (EU) 1007/2011; § 4 TextilKennzG", _LONG_AGO, ERROR,
         "Textilien nennen ihre Fasern mit den gesetzlichen Namen, absteigend, zusammen 100 %.",
         "Andere Namen nimmt der Laden nicht an; die Zusammensetzung steht auch über dem Bestellknopf.",
         both(on_sale.unlawful_compositions, shown.fibres)),
    Rule("C08w", "Art. 5 VO (EU) 1007/2011", _LONG_AGO, WARNING,
         "Auch im freien Text stehen Anteile nur mit gesetzlichen Namen, nicht „70 % Merino“.",
         "In den Texten der Artikel stehen keine anderen Namen mit Prozenten.", on_sale.fibres_in_texts),
    Rule("C09", "Art. 246a § 1 Abs. 1 Nr. 1 EGBGB", _LONG_AGO, ERROR,
         "Die wesentlichen Merkmale der Ware stehen beim Artikel und noch einmal über dem Bestellknopf.",
         "Was zur Warenart gefragt wird, steht auf der Artikelseite, über dem Bestellknopf und im Brief.",
         both(on_sale.saying_nothing, shown.essentials)),
    Rule("C09w", "Art. 246a § 1 Abs. 1 Nr. 1 EGBGB", _LONG_AGO, WARNING,
         "Zu Stoff gehört die Breite, zu Garn die Lauflänge, zu Reißverschlüssen die Länge, zu Bändern die Breite.",
         "Kein Artikel lässt aus, wonach bei seiner Warenart zuerst gefragt wird.", on_sale.without_essentials),
    Rule("C10", "Art. 246a EGBGB; DVO (EU) 2025/1960 Anhang I", _EMPCO, ERROR,
         "Die amtliche Mitteilung zum Gewährleistungsrecht steht ganz, farbig und unverändert über der Bestellung, auf "
         "einer eigenen Seite und im Brief.",
         "Die hochgeladene Mitteilung wird Byte für Byte gezeigt.", both(official_notice, shown.guarantee_notice)),
    Rule("C11", "Art. 246a EGBGB; § 479 BGB; DVO (EU) 2025/1960 Anhang II", _EMPCO, ERROR,
         "Zu einer Haltbarkeitsgarantie des Herstellers gehören Dauer, Marke, Modell, Bedingungen und das Etikett.",
         "Sie steht beim Artikel, im Warenkorb, über dem Bestellknopf und im Brief; Bestellungen behalten sie.",
         both(on_sale.incomplete_guarantees, shown.guarantees)),
    Rule("C13", "§ 5b Abs. 3 UWG", date(2022, 5, 28), ERROR,
         "Wo Bewertungen stehen, steht dabei, ob und wie sie geprüft werden.",
         "Der Laden zeigt keine Bewertungen.", shown.ratings),
    Rule("C14", "Art. 246a EGBGB", _EMPCO, INFO,
         "Was der Hersteller über Reparatur, Ersatzteile und Updates mitteilt, wird weitergegeben.",
         "Dafür gibt es beim Artikel ein Feld; ist es leer, steht nichts.", by_construction),
    Rule("C15", "§§ 6, 17, 18 ElektroG", date(2015, 10, 24), WARNING,
         "Elektrogeräte zeigen die durchgestrichene Tonne, den Hinweis zur Entsorgung und die WEEE-Nummer.",
         "Symbol und Hinweis stehen bei jedem Artikel, der Strom braucht.",
         both(on_sale.electrics_without_number, shown.electrics)),
    Rule("C16", "§ 24 Abs. 3 BattDG; VO (EU) 2023/1542", _BATTERIES, WARNING,
         "Artikel mit Batterien sagen in Wort und Bild, wohin alte Batterien gehören.",
         "Symbol und Hinweis stehen bei jedem Artikel mit Batterien.", shown.batteries),
    Rule("C17", "RL 2009/48/EG; Art. 48 VO (EG) 1272/2008", _LONG_AGO, WARNING,
         "Warnhinweise für Kinderware, Klebstoffe und Farben liest man vor dem Kauf.",
         "Warnhinweise stehen beim Artikel, im Warenkorb, über dem Bestellknopf und im Brief.",
         both(on_sale.dangerous_without_warnings, shown.warnings)),
)  # fmt: skip
