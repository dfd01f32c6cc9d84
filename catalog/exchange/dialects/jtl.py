"""Lists that JTL-Ameise exports from JTL-Wawi, or that are made for it.

The owner chooses the columns of each export herself; their names are those of the fields of JTL-Wawi, which have
changed over its versions (guide.jtl-software.com, "Variationskombinationen importieren", and exports in the wild).
"""

from collections.abc import Sequence

from catalog.exchange.articles import Facts, Reading
from catalog.exchange.dialects import listing, measures
from catalog.exchange.dialects.list_columns import ALIASES, Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.refusals import Refusal

_NAMES = Names(
    {
        **ALIASES,
        "weight_kg": (*ALIASES["weight_kg"], "Versandgewicht", "Artikelgewicht"),
        "weight": ("Gewicht",),
        "unit": ("Verkaufseinheit", "Mengeneinheit", "Einheit"),
        "content_amount": ("Inhalt/Menge", "Inhalt / Menge"),
        "content_unit": ("Maßeinheit",),
        "counts_stock": ("Bestandsführung aktiv", "Mit Lagerbestand arbeiten", "Lagerbestandsführung aktiv"),
        "maker": ("Hersteller",),
    }
)
_MARKS = frozenset(
    map(
        normal,
        (
            "Vaterartikel ID-Feld", "Identifizierungsspalte Vaterartikel", "Ist Vaterartikel", "Variationsname 1",
            "Variationswertname 1", "Variationswert 1", "Brutto-VK", "Netto-VK", "Std. VK Brutto", "Std. VK Netto",
            "Kategorie Ebene 1", "Kategorie Level 1", "HAN", "Bestandsführung aktiv", "Überverkäufe möglich",
            "Interner Schlüssel", "Artikelgewicht", "Artikelgewicht in KG", "USt. in %", "Steuersatz in %",
            "Lagerbestand Gesamt", "EK Netto (für GLD)", "Titel-Tag (SEO)", "Inhalt/Menge", "Netto-EK",
        ),
    )
)  # fmt: skip
_NEEDED = 2  # of the marks; one alone is in many a list
_USELESS = (
    "han", "interner schluessel", "titel tag seo", "meta ", "url pfad", "verkaufskanal", "un nummer", "taric",
    "herkunftsland", "sortiernummer", "letzter bearbeitungszeitpunkt", "ueberverkaeufe", "plattform",
)  # fmt: skip


class Jtl:
    """Lists of JTL-Wawi."""

    key = "jtl"
    name = "JTL-Wawi (JTL-Ameise)"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs an article number and names that only JTL writes; each of these counts twice."""
        spelled = {normal(name) for name in header}
        marks = len(_MARKS & spelled)
        if marks < _NEEDED or "artikelnummer" not in spelled:
            return 0
        return listing.known(header, _NAMES) + marks

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per Vaterartikel with its children, or per row."""
        return listing.read(_FORMAT, table, wishes)


def _take_more(sheet: Sheet, row: Row, facts: Facts) -> None:
    """The content of a pack in two cells, and whether its stock is counted at all."""
    amount, unit = sheet.cell(row, "content_amount"), sheet.cell(row, "content_unit")
    if amount.strip("0,. ") and unit and normal(unit) not in ("stueck", "stk"):
        try:
            facts["content"] = measures.content(amount, unit)
        except Refusal as refusal:
            sheet.ask(row.number, "content_amount", f"{refusal.sentence} Wir lassen die Zelle aus.")
    if sheet.cell(row, "counts_stock").casefold() in ("n", "0", "nein", "false"):
        facts["stock"] = None


_FORMAT = Format("jtl", _NAMES, of_variant=_take_more, is_left_out=lambda name: name.startswith(_USELESS))
