"""What the pages and letters of a withdrawal must be (§ 356a BGB), looked at in the specimen (B01 to B04, A07)."""

import re
from collections.abc import Iterable

from checkout import returns, wordings
from shop.law import markup, specimen
from shop.law.markup import Element
from shop.law.rules import Fault, Sight
from shop.law.specimen_goods import EXCLUDED
from shop.law.specimen_walk import Page

PATH = "/widerruf"
_DECLARING = "/widerruf/bestaetigen"
_MAY_BE_OWED = frozenset({"name", "email", "which_order"})
_HIDING = frozenset({"details", "dialog", "template", "noscript"})
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ASKS_TOO_MUCH = re.compile(r"grund|reason|telefon|phone|captcha|passwor|birth|geburt", re.IGNORECASE)
_HOLDS_BACK = re.compile(r"rabatt|gutschein|nachlass|wirklich sicher|bleiben sie", re.IGNORECASE)
ACCEPTS = re.compile(
    r"akzeptier|anerkenn|wirksam|erstatten wir|nehmen .{0,40} an\b|stimmen .{0,40} zu\b|angenommen", re.IGNORECASE
)


def function_everywhere(sight: Sight) -> Iterable[Fault]:
    """B01: every page has the link in these words, in sight; so have the order's letter and the instruction."""
    seen = specimen.of(sight)
    for page in seen.pages.values():
        if not any(is_in_sight(link) for link in _links(page.tree)):
            yield Fault(f"Auf der Seite „{page.name}“ ({page.path}) fehlt sichtbar „{wordings.WITHDRAW_LINK}“.")
    if not any("bestellung=" in link["href"] for link in _links(seen.page("order").tree)):
        yield Fault("Auf der Seite einer Bestellung führt „Vertrag widerrufen“ nicht zu dieser Bestellung.")
    if not any(f"{PATH}?" in link["href"] for link in _named(seen.letter("order_received").tree)):
        yield Fault("In der Bestellbestätigung fehlt der Link „Vertrag widerrufen“.")
    if f"{sight.shop.settings.url}{PATH}" not in seen.page("widerrufsbelehrung").text:
        yield Fault("Die Widerrufsbelehrung nennt die Adresse der Widerrufsfunktion nicht.")


def first_step(sight: Sight) -> Iterable[Fault]:
    """B02: name, order and address are all that is owed; a free text was enough for the specimen to come through."""
    seen = specimen.of(sight)
    form = _form(seen.page("withdrawal"), PATH)
    for each in form.all("input", "textarea", "select"):
        name = each["name"]
        if "required" in each.attributes and name not in _MAY_BE_OWED:
            yield Fault(f"Das Formular zum Widerruf verlangt eine Angabe zu viel: „{name}“.")
        if _ASKS_TOO_MUCH.search(f"{name} {each['autocomplete']}"):
            yield Fault(f"Das Formular zum Widerruf fragt, was es nicht fragen darf: „{name}“.")
    if form.all("script") or form["onsubmit"]:
        yield Fault("Das Formular zum Widerruf hängt an einem Skript; es muss ohne gehen.")
    for name in ("withdrawal", "withdrawal-confirm"):
        found = _HOLDS_BACK.search(_main(seen.page(name)))
        if found:
            yield Fault(f"Auf dem Weg zum Widerruf soll nichts davon abhalten: „{found[0]}“.")
    for name in ("withdrawal-confirm", "withdrawal-received"):
        seen.page(name)  # raises where a declaration without an order's number did not come through


def second_step(sight: Sight) -> Iterable[Fault]:
    """B03: one button confirms, it says nothing else, and there is a way back; a form that is sent, not a link."""
    page = specimen.of(sight).page("withdrawal-confirm")
    declaring = [form for form in page.tree.all("form") if form["action"] == _DECLARING]
    words = [markup.words_on(button) for form in declaring for button in markup.buttons(form)]
    if words != [wordings.WITHDRAW_BUTTON]:
        yield Fault(f"Zum Widerruf gehört genau eine Schaltfläche „{wordings.WITHDRAW_BUTTON}“, gefunden: {words}.")
    if any(form["method"].lower() != "post" for form in declaring):
        yield Fault("Der Widerruf darf nicht durch bloßes Aufrufen einer Adresse erklärt werden.")
    back = [each for each in page.tree.all("form", "a") if each["action"] == PATH or each["href"] == PATH]
    if not any(re.search("zurück|ändern", _words(each), re.IGNORECASE) for each in back):
        yield Fault("Auf der Seite vor dem Widerruf fehlt der Weg zurück.")


def receipt(sight: Sight) -> Iterable[Fault]:
    """B04: page and letter say what was declared, when, and in which time zone; they accept nothing."""
    seen = specimen.of(sight)
    letter, page = seen.letter(returns.RECEIPT), seen.page("withdrawal-received")
    declared = _declared(seen.page("withdrawal-confirm"))
    for text, where in ((" ".join(letter.text.split()), "Im Brief"), (page.text, "Auf der Seite")):
        for value in (*declared, "Europe/Berlin", "UTC+", wordings.WITHDRAWAL):
            if value not in text:
                yield Fault(f"{where} zum Eingang eines Widerrufs fehlt: „{value}“.")
        if not re.search(r"\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}\sUhr", text):
            yield Fault(f"{where} zum Eingang eines Widerrufs fehlen Datum und Uhrzeit.")
        found = ACCEPTS.search(text if where == "Im Brief" else _main(page))
        if found:
            yield Fault(f"{where} zum Eingang eines Widerrufs steht mehr als der Eingang: „{found[0]}“.")
    if [each.mimetype for each in letter.attachments] != ["application/pdf"]:
        yield Fault("Dem Brief zum Eingang eines Widerrufs fehlt das PDF.")
    endings = {each["href"].rpartition(".")[2] for each in page.tree.all("a") if "/widerruf/eingang/" in each["href"]}
    if not {"pdf", "txt"} <= endings:
        yield Fault("Die Eingangsbestätigung lässt sich nicht als PDF und als Text herunterladen.")


def exceptions_are_told(sight: Sight) -> Iterable[Fault]:
    """A07: what may not be sent back says so at the article, in the cart, above the button and in the letter."""
    seen = specimen.of(sight)
    places = {
        "am Artikel": seen.page(f"product-{EXCLUDED.sku}").text,
        "im Warenkorb": seen.page("cart").text,
        "auf „Bestellung prüfen“": seen.page("confirm").text,
        "in der Bestellbestätigung": " ".join(seen.letter("order_received").text.split()),
        "in der Bestellbestätigung (HTML)": seen.letter("order_received").tree.text,
    }
    for place, text in places.items():
        if EXCLUDED.note not in text:
            yield Fault(f"Dass das Widerrufsrecht für einen Artikel nicht gilt, steht nicht {place}.")


def is_in_sight(element: Element) -> bool:
    """Whether nothing in the page itself hides an element: no fold, no dialog, no attribute; styles aside."""
    return not any(
        each.tag in _HIDING
        or "hidden" in each.attributes
        or each["aria-hidden"] == "true"
        or _UNSEEN.search(each["style"])
        or "visually-hidden" in each.classes
        for each in (element, *element.above())
    )


def _links(tree: Element) -> list[Element]:
    return [each for each in tree.links_to(PATH) if each.text == wordings.WITHDRAW_LINK]


def _named(tree: Element) -> list[Element]:
    return [each for each in tree.all("a") if each.text == wordings.WITHDRAW_LINK]


def _form(page: Page, action: str) -> Element:
    return next(each for each in page.tree.all("form") if each["action"] == action)


def _main(page: Page) -> str:
    return " ".join(each.text for each in page.tree.all("main")) or page.text


def _words(element: Element) -> str:
    return " ".join([element.text, *(markup.words_on(each) for each in markup.buttons(element))])


def _declared(page: Page) -> list[str]:
    """What the declaring form carries, as it was typed."""
    fields = markup.fields_of(_form(page, _DECLARING))
    return [" ".join(fields[name].split()) for name in sorted(_MAY_BE_OWED) if fields.get(name)]
