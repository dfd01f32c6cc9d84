"""What stands on the page with the order button, and in which order (D04: § 312j Abs. 2 BGB)."""

from collections.abc import Iterable, Sequence
from datetime import date

from checkout import wordings
from shop.law import markup, specimen
from shop.law.markup import Element
from shop.law.rules import Fault, Sight
from shop.law.specimen_walk import Line

NOTICE_SINCE = date(2026, 9, 27)  # the notice of the legal guarantee belongs on this page, see C10
_STREET = "Am Anger 1"  # of the specimen's buyer


def look(sight: Sight) -> Iterable[Fault]:
    """The page from top to bottom: who, how paid, notices, then goods, sums, button, and nothing in between."""
    seen = specimen.of(sight)
    elements = list(seen.page("confirm").tree.walk())
    button = _button(elements)
    if button is None:
        yield Fault("Auf „Bestellung prüfen“ fehlt die Schaltfläche, mit der bestellt wird.")
        return
    above = elements[: elements.index(button)]
    table = next((each for each in reversed(above) if each.tag == "table"), None)
    if table is None:
        yield Fault("Auf „Bestellung prüfen“ steht über der Schaltfläche keine Tabelle mit der Ware.")
        return
    yield from _goods(table, seen.lines)
    yield from _told_before(above[: above.index(table)], seen, sight.today)
    yield from _between(above, table, seen.total_cents)


def _button(elements: Sequence[Element]) -> Element | None:
    words = wordings.ORDER_BUTTON
    return next((each for each in elements if markup.words_on(each).casefold() == words and _sends(each)), None)


def _sends(element: Element) -> bool:
    return element.tag == "button" or (element.tag == "input" and element["type"] == "submit")


def _goods(table: Element, lines: Sequence[Line]) -> Iterable[Fault]:
    """Each line with all that makes the article what it is; a link to it would not do."""
    rows = table.all("tr")
    for line in lines:
        text = next((row.text for row in rows if markup.plain(line.name) in row.text), None)
        if text is None:
            yield Fault(f"Über der Schaltfläche fehlt der Artikel „{line.name}“.")
            continue
        owed = {
            "die Zusammensetzung": [line.fibres],
            "die wesentlichen Eigenschaften": line.essentials.split(" · "),
            "der Grundpreis": [line.base_price],
            "die Lieferzeit": [line.delivery_time.replace("Lieferzeit: ", "")],
            "der Preis": [markup.cents(line.line_cents)],
        }
        for what, words in owed.items():
            if not all(_without_ones(each) in _without_ones(text) for each in words):
                yield Fault(f"Über der Schaltfläche fehlt beim Artikel „{line.name}“: {what}.")


def _without_ones(text: str) -> str:
    """ "9,90 € / 1 m" and "9,90 € / m" are the same."""
    return markup.plain(text).replace("/ 1 ", "/ ")


def _told_before(above: Sequence[Element], seen: specimen.Specimen, today: date) -> Iterable[Fault]:
    """Address, payment and notices stand above the goods."""
    text = markup.plain(" ".join(child for each in above for child in each.children if isinstance(child, str)))
    links = {each["href"] for each in above if each.tag == "a"}
    if "Paket" in seen.page("confirm").text and _STREET not in text:
        yield Fault("Die Lieferanschrift steht nicht über der Ware.")
    if markup.plain(seen.payment) not in text:
        yield Fault("Die Zahlungsart steht nicht über der Ware.")
    for path in ("/agb", "/widerrufsbelehrung"):
        if path not in links:
            yield Fault(f"Der Hinweis mit dem Link zu {path} steht nicht über der Ware.")
    if today >= NOTICE_SINCE and wordings.GUARANTEE_LINK not in links:
        yield Fault("Die Mitteilung zum Gewährleistungsrecht mit ihrem Link steht nicht über der Ware.")


def _between(above: Sequence[Element], table: Element, total_cents: int) -> Iterable[Fault]:
    """The total stands in the table, and nothing that leads away or asks anything between it and the button."""
    total = markup.cents(total_cents)
    holds = [each for each in above if total in each.text and not each.all()]
    if not holds or table not in holds[-1].above():
        yield Fault("Der Gesamtbetrag steht nicht in der Tabelle über der Schaltfläche.")
        return
    after = above[above.index(holds[-1]) + 1 :]
    if any(each.tag in ("a", "select", "textarea", "details") or _asks(each) for each in after):
        yield Fault("Zwischen Gesamtbetrag und Schaltfläche steht ein Link oder ein Feld.")


def _asks(element: Element) -> bool:
    return element.tag == "input" and element["type"] != "hidden"
