"""What a plan says, gathered so that people can read it: alike remarks once, changes by article, new articles."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.exchange import columns
from catalog.exchange.articles import Remark, UnknownColumn
from catalog.exchange.plan import Added, Change, Plan
from catalog.exchange.product_facts import IS_NEW
from catalog.money import format_cents

FORMATS = {
    "dorfladen": "Artikelliste in unserem Format",
    "preisliste": "Preisliste",
    "woocommerce": "WooCommerce-Export",
    "shopify": "Shopify-Export",
    "shopware": "Shopware-Export",
    "prestashop": "PrestaShop-Export",
    "jtl": "JTL-Export",
    "wix": "Wix-Export",
    "etsy": "Etsy-Export",
    "magento": "Magento-Export",
}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "mac_roman": "MacRoman"}
DELIMITERS = {"\t": "Tabulator", ",": "Komma", ";": "Semikolon", "|": "senkrechter Strich"}
DECIMALS = {",": "Dezimalkomma", ".": "Dezimalpunkt"}
_ANSWERS = {
    "counted-stock": "--bestand dazu (es kommt dazu), oder --agree counted-stock (es ist gezählt)",
    "gross": "--brutto (mit MwSt) oder --netto (ohne MwSt)",
    "purchase": "--aufschlag 120 (Ihr Aufschlag in Prozent), oder --agree purchase",
}
_DECIMAL = "--decimal , oder --decimal ."
_VARYING = re.compile(r"„[^“]*“|\d[\d.,]*")
_MOST_SPANS = 6


@dataclass(frozen=True)
class Gathered:
    """Remarks that say the same of several rows, the first of them; `varies` where the others name other values."""

    rows: str
    column: str
    reason: str
    question: str
    varies: bool
    stops: bool

    @property
    def sentence(self) -> str:
        """The reason, and that it is alike elsewhere."""
        return f"{self.reason} In den übrigen Zeilen ähnlich." if self.varies else self.reason

    @property
    def place(self) -> str:
        """Where it is: "Zeilen 1–3, Preis"; "" for the whole file."""
        return ", ".join(filter(None, (self.rows, self.column if self.rows else "")))

    @property
    def answer(self) -> str:
        """How the question is answered on the command line; "" where it needs no answer.

        Without an id stops only what leaves the decimal sign open: a yes would not answer that.
        """
        if not self.question:
            return _DECIMAL if self.stops else ""
        return _ANSWERS.get(self.question, f"--agree {self.question}")


def gathered(remarks: Iterable[Remark]) -> list[Gathered]:
    """Remarks in the order of their first row, those alike together."""
    together: dict[tuple[str, str, str], list[Remark]] = {}
    for each in remarks:
        together.setdefault((each.column, each.question, _VARYING.sub("…", each.reason)), []).append(each)
    return [_gathered(several) for several in together.values()]


def by_article(changes: Sequence[Change]) -> dict[str, list[Change]]:
    """Changes by article name, in order."""
    found: dict[str, list[Change]] = {}
    for each in changes:
        found.setdefault(each.article, []).append(each)
    return found


def read_as(plan: Plan) -> str:
    """How the file was read: "WooCommerce-Export (UTF-8, Trennzeichen Komma, Dezimalpunkt)"."""
    encoding = ENCODINGS.get(plan.encoding, plan.encoding.upper())
    delimiter = DELIMITERS.get(plan.delimiter, plan.delimiter)
    return f"{FORMATS.get(plan.format, plan.format)} ({encoding}, Trennzeichen {delimiter}, {DECIMALS[plan.decimal]})"


def added_in_words(added: Added) -> str:
    """What a new article is: "3 Varianten, 4,95 € bis 7,95 €"."""
    prices = [format_cents(cents) for cents in dict.fromkeys((added.from_cents, added.to_cents))]
    variants = "" if len(added.skus) == 1 else f"{len(added.skus)} Varianten, "
    return f"{variants}{' bis '.join(prices)}"


def added_in_all(plan: Plan) -> int:
    """How many articles are new or have new variants, as far as is known: `plan.added` has the first thousand."""
    return max(len(plan.added), plan.products.new)


def prices_in_words(plan: Plan) -> str:
    """How prices move: "12 Preise sinken (bis 20 %), 3 steigen (bis 5 %)"; "" where none does."""
    tally = plan.tally
    parts = [
        f"{number(count, 'Preis ', 'Preise ')}{verb} (um bis zu {percent} %)"
        for count, verb, percent in (
            (tally.prices_down, "sinken" if tally.prices_down != 1 else "sinkt", tally.largest_fall_percent),
            (tally.prices_up, "steigen" if tally.prices_up != 1 else "steigt", tally.largest_rise_percent),
        )
        if count
    ]
    return ", ".join(parts)


def how_to_map(unknown: Sequence[UnknownColumn]) -> str:
    """How unknown columns are told, by one of them that seems to be one of ours, else as an attribute."""
    suggested = {each.name: columns.suggested(each.name) for each in unknown}
    name = next((name for name, ours in suggested.items() if ours), unknown[0].name)
    target = suggested[name] or f"Merkmal: {name}"
    return f'Zuordnen: --map "{name}={target}"; alle als Merkmale: --rest merkmale'


def hints(plan: Plan) -> list[str]:
    """What may help against refusals, beyond what each of them says."""
    knows_no_name = any(each.reason.startswith(IS_NEW) for each in plan.refused)
    return ["Sollen neue Artikelnummern wegbleiben: --only-update"] if knows_no_name else []


def verdict(plan: Plan, *, skips_refused: bool) -> str:
    """Whether it can be carried out as it stands."""
    stopping = len(gathered(each for each in plan.questions if each.stops))
    rows = len({each.row for each in plan.refused})
    obstacles = [
        *([number(stopping, "Frage ist offen", "Fragen sind offen")] if stopping else []),
        *([number(rows, "Zeile ist abgelehnt", "Zeilen sind abgelehnt")] if rows and not skips_refused else []),
    ]
    if obstacles:
        return f"So kann es nicht übernommen werden: {', '.join(obstacles)}."
    return "Es gibt nichts zu ändern." if plan.changes_nothing else "So kann es übernommen werden."


def rows_in_words(numbers: Iterable[int]) -> str:
    """Rows of a file: "Zeile 3", "Zeilen 1, 4–7", "Zeilen 1, 3, 5, 7, 9, 11 … (40 Zeilen)"; "" for the whole file."""
    rows = sorted(set(numbers) - {0})
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    if not rows:
        return ""
    said = ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS])
    more = f" … ({len(rows)} Zeilen)" if len(spans) > _MOST_SPANS else ""
    return f"{'Zeile' if len(rows) == 1 else 'Zeilen'} {said}{more}"


def number(count: int, one: str, several: str) -> str:
    """A number with its noun: "1 Angabe", "1.204 Angaben"."""
    return f"{count:,} {one if count == 1 else several}".replace(",", ".")


def _gathered(several: Sequence[Remark]) -> Gathered:
    first = several[0]
    varies = any(each.reason != first.reason for each in several)
    rows = rows_in_words(each.row for each in several)
    return Gathered(rows, first.column, first.reason, first.question, varies, first.stops)
