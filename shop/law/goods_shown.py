"""Looks at the pages and letters of the specimen: what must stand beside goods and prices (rules of part C)."""

import json
import re
from collections.abc import Iterator
from itertools import takewhile

from checkout import wordings
from shop.law import specimen
from shop.law.markup import Element
from shop.law.rules import Fault, Sight
from shop.law.specimen import Specimen
from shop.law.specimen_goods import LAMP_GUARANTEE, LAMP_SKU, LAMP_TERMS, LAMP_WARNING
from shop.law.specimen_walk import Page

_PRICE = re.compile(r"\d{1,3}(?:\.\d{3})*,\d\d\s*€")
_NET = re.compile(
    r"\b(?:zzgl\.?|zuzüglich|exkl\.?|exklusive|ohne)\s+(?:\d+\s*%\s*)?(?:gesetzlicher\s+)?(?:MwSt|USt|Mehrwertsteuer|"
    r"Umsatzsteuer)|\bNetto(?:preis)?\b",
    re.IGNORECASE,
)
_NEAR = 3  # how many elements around a price its note may stand in
_STRUCK = ("s", "del", "strike")
_LISTS = ("home", "department", "search")
_STATT = re.compile(
    r"\b(?:statt|anstatt|früher|vorher|bisher)\s+(?:nur\s+)?\d+(?:,\d\d)?\s*(?:€|EUR|Euro)", re.IGNORECASE
)
_FOLDS = ("details", "dialog", "template", "noscript")
_STARS = re.compile(r"★|aggregateRating|ratingValue|itemprop=[\"']review")


def gross(sight: Sight) -> Iterator[Fault]:
    """C01: prices are what one pays; the goods of the specimen cost 9,90 €, 4,95 €, 0,80 € and 24,90 €."""
    seen = specimen.of(sight)
    for page in seen.pages.values():
        if found := _NET.search(page.text):
            yield Fault(f"Auf der Seite „{page.path}“ steht „{found[0]}“: Preise für Kundinnen sind immer Endpreise.")
    for name, price in (("STOFF-1", "9,90"), ("GARN-1", "4,95"), ("KNOPF-1", "0,80"), (LAMP_SKU, "24,90")):
        for page in (seen.page("department"), seen.page(f"product-{name}"), seen.page("cart"), seen.page("confirm")):
            if f"{price} €" not in _plain(page.text):
                yield Fault(f"Im Probelauf fehlt auf „{page.path}“ der Gesamtpreis {price} € von „{name}“.")


def noted(sight: Sight) -> Iterator[Fault]:
    """C02: near each price tax and shipping, with a link to what sending costs; in the cart what it costs."""
    seen = specimen.of(sight)
    note = wordings.PRICE_NOTE_SMALL_BUSINESS if seen.owner.is_small_business else wordings.PRICE_NOTE
    for page in [*(seen.page(name) for name in _LISTS), *seen.products()]:
        lonely = [each for each in _prices(page) if not _is_noted(each, note)]
        if lonely:
            yield Fault(
                f"Auf der Seite „{page.path}“ steht „{lonely[0].text}“ ohne „{note}, {wordings.SHIPPING_NOTE}“ daneben."
            )
    yield from _cart_without_shipping(seen)
    yield from _silent_machines(seen)


def _cart_without_shipping(seen: Specimen) -> Iterator[Fault]:
    cart = seen.page("cart")
    if not _main(cart).links_to("/versand") or not re.search(r"versand|paket", cart.text, re.IGNORECASE):
        yield Fault("Im Warenkorb fehlt, was der Versand kostet, oder der Link zu den Versandkosten.")


def _silent_machines(seen: Specimen) -> Iterator[Fault]:
    """What search engines are told names the gross price, too, and where shipping is explained."""
    for page in seen.products():
        for script in page.tree.all("script", type="application/ld+json"):
            told = json.loads("".join(each for each in script.children if isinstance(each, str)))
            offer = told.get("offers", {})
            if "price" in offer and not str(offer.get("shippingDetails", {})).count("/versand"):
                yield Fault(f"Die Angaben für Suchmaschinen auf „{page.path}“ nennen keine Versandkosten.")


def base_prices(sight: Sight) -> Iterator[Fault]:
    """C03: 50 g for 4,95 € are 99,00 € a kilogram, in lists, on the article's page, in cart, confirmation, letter."""
    seen = specimen.of(sight)
    places = {page.path: page.text for page in map(seen.page, ("department", "product-GARN-1", "cart", "confirm"))}
    letter = seen.letter("order_received")
    for name, text in {
        **places,
        "Bestellbestätigung": letter.text,
        "Bestellbestätigung (HTML)": letter.tree.text,
    }.items():
        if "99,00 € / 1 kg" not in _plain(text):
            yield Fault(f"Der Grundpreis (99,00 € / 1 kg) fehlt im Probelauf auf „{name}“.")
    for page in map(seen.page, ("department", "product-STOFF-1", "cart", "confirm")):
        if not re.search(r"9,90 € ?(?:/|je|pro) ?1? ?m\b", _plain(page.text)):
            yield Fault(f"Der Preis je Meter (9,90 € / m) fehlt im Probelauf auf „{page.path}“.")


def reductions(sight: Sight) -> Iterator[Fault]:
    """C04: beside a reduced price the lowest of the 30 days before, per cent of that, nothing struck through."""
    seen = specimen.of(sight)
    for page in map(seen.page, ("department", "product-STOFF-1", "cart", "confirm")):
        text = _plain(page.text)
        if f"{wordings.LOWEST_BASE_PRICE}: 12,90 €" not in text:
            yield Fault(f"Auf „{page.path}“ fehlt im Probelauf „{wordings.LOWEST_BASE_PRICE}: 12,90 € / m“.")
        wrong = {each for each in re.findall(r"[−-](\d+) %", text) if each != "23"}
        if wrong:
            yield Fault(f"Auf „{page.path}“ steht „−{wrong.pop()} %“; von 12,90 € auf 9,90 € sind es 23 %.")
    for page in seen.pages.values():
        struck = [each.text for each in page.tree.all(*_STRUCK) if _PRICE.search(each.text)]
        found = struck or _STATT.findall(page.text)
        if found:
            yield Fault(f"Auf „{page.path}“ steht „{found[0]}“: ein Vergleichspreis ohne den niedrigsten der 30 Tage.")


def delivery_times(sight: Sight) -> Iterator[Fault]:
    """C06: the delivery time in working days, on the article's page, in the cart and above the button."""
    seen = specimen.of(sight)
    for page in [*seen.products(), seen.page("cart"), seen.page("confirm")]:
        if not re.search(r"Lieferzeit: 2–4 Werktage", _plain(page.text)):
            yield Fault(f"Auf „{page.path}“ fehlt im Probelauf die Lieferzeit (2–4 Werktage).")


def makers(sight: Sight) -> Iterator[Fault]:
    """C07: the maker with address and e-mail, the number, a picture, on the article's page."""
    seen = specimen.of(sight)
    for page in seen.products():
        text = _plain(page.text)
        for part in ("Weberei Beispiel GmbH", "Spinnweg 1", "28195 Bremen", "info@weberei-beispiel.example",
                     page.name.removeprefix("product-")):  # fmt: skip
            if part not in text:
                yield Fault(f"Auf „{page.path}“ fehlt im Probelauf „{part}“ (Hersteller oder Artikelnummer).")
        if not _main(page).all("img"):
            yield Fault(f"Auf „{page.path}“ fehlt im Probelauf das Bild.")


def fibres(sight: Sight) -> Iterator[Fault]:
    """C08: the composition, the largest share first, wherever goods are bought, and in the letter."""
    yield from _everywhere(sight, "97 % Baumwolle, 3 % Elasthan", "STOFF-1", "die Zusammensetzung")


def essentials(sight: Sight) -> Iterator[Fault]:
    """C09: essential characteristics on the article's page, above the button, and in the letter."""
    seen = specimen.of(sight)
    for sku, told in (("STOFF-1", ("Stoffbreite", "145 cm")), ("GARN-1", ("Lauflänge", "210 m"))):
        places = {page.path: page.text for page in map(seen.page, (f"product-{sku}", "confirm"))}
        for name, text in {**places, "Bestellbestätigung": seen.letter("order_received").text}.items():
            if any(part not in _plain(text) for part in told):
                yield Fault(f"Auf „{name}“ fehlt im Probelauf „{': '.join(told)}“.")


def guarantee_notice(sight: Sight) -> Iterator[Fault]:
    """C10: the notice stands open above the goods of the confirmation, with the EU's page beside it, and in the letter.

    The specimen has no artwork, for nobody may imitate it: its words stand where the picture will.
    """
    seen = specimen.of(sight)
    main = _main(seen.page("confirm"))
    places = [each for each in main.walk() if _says_notice(each)]
    table = next(iter(main.all("table")), None)
    order = list(main.walk())
    if not places:
        yield Fault("Auf „Bestellung prüfen“ fehlt die Mitteilung zum Gewährleistungsrecht.")
    elif any(each.tag in _FOLDS or "hidden" in each.attributes for each in (places[-1], *places[-1].above())):
        yield Fault("Auf „Bestellung prüfen“ ist die Mitteilung zum Gewährleistungsrecht zugeklappt oder versteckt.")
    elif table is None or order.index(places[-1]) > order.index(table):
        yield Fault("Auf „Bestellung prüfen“ muss die Mitteilung zum Gewährleistungsrecht über der Ware stehen.")
    for page in (seen.page("confirm"), seen.page("gewaehrleistung")):
        if not any(each["href"] == wordings.GUARANTEE_LINK for each in _main(page).all("a")):
            yield Fault(f"Auf „{page.path}“ fehlt der Link zur Seite der EU über Gewährleistung.")
    for page in seen.pages.values():
        if not page.tree.links_to("/gewaehrleistung"):
            yield Fault(f"Auf „{page.path}“ fehlt der Link zur Seite „Gewährleistung“.")
    if not _has_words(seen.letter("order_received").text, wordings.GUARANTEE_NOTICE):
        yield Fault("In der Bestellbestätigung fehlt die Mitteilung zum Gewährleistungsrecht.")


def guarantees(sight: Sight) -> Iterator[Fault]:
    """C11: the guarantee of durability at the article, in the cart, above the button, in the letter; its terms, too."""
    yield from _everywhere(sight, LAMP_GUARANTEE, LAMP_SKU, "die Garantie des Herstellers")
    seen = specimen.of(sight)
    for name, text in ((seen.page(f"product-{LAMP_SKU}").path, seen.page(f"product-{LAMP_SKU}").text),
                       ("Bestellbestätigung", seen.letter("order_received").text)):  # fmt: skip
        if not _has_words(text, LAMP_TERMS):
            yield Fault(f"Auf „{name}“ fehlen im Probelauf die Garantiebedingungen (§ 479 BGB).")


def ratings(sight: Sight) -> Iterator[Fault]:
    """C13: the shop itself shows no reviews; a theme that does must say beside them whether they are checked."""
    for page in specimen.of(sight).pages.values():
        if any(not _says_whether_checked(each, page) for each in page.tree.walk() if _STARS.search(_own(each))):
            yield Fault(f"Auf „{page.path}“ stehen Sterne, aber nicht daneben, ob und wie Bewertungen geprüft werden.")


def _own(element: Element) -> str:
    """What stands in an element itself: its attributes and its own words."""
    told = [f'{name}="{value}"' for name, value in element.attributes.items()]
    return " ".join([*told, *(part for part in element.children if isinstance(part, str))])


def _says_whether_checked(stars: Element, page: Page) -> bool:
    """Beside visible stars; what only machines read needs it anywhere on the page."""
    block = page.tree if stars.tag == "script" else [stars, *stars.above()][: _NEAR + 1][-1]
    return any(_has_words(block.text, words) for words in (wordings.REVIEWS_CHECKED, wordings.REVIEWS_UNCHECKED))


def electrics(sight: Sight) -> Iterator[Fault]:
    """C15: bin, notice, and the producer's number."""
    page = specimen.of(sight).page(f"product-{LAMP_SKU}")
    for part in (wordings.ELECTRIC_NOTICE, "DE12345678"):
        if not _has_words(page.text, part):
            yield Fault(f"Bei Elektrogeräten fehlt auf der Artikelseite: {part[:60]}")
    yield from _without_bin(page)


def batteries(sight: Sight) -> Iterator[Fault]:
    """C16: in words and as a picture."""
    page = specimen.of(sight).page(f"product-{LAMP_SKU}")
    if not _has_words(page.text, wordings.BATTERY_NOTICE):
        yield Fault("Bei Artikeln mit Batterie fehlt auf der Artikelseite der Hinweis zur Rückgabe.")
    yield from _without_bin(page)


def warnings(sight: Sight) -> Iterator[Fault]:
    """C17: warnings are read on the article's page and above the button."""
    seen = specimen.of(sight)
    for page in (seen.page(f"product-{LAMP_SKU}"), seen.page("confirm")):
        if not _has_words(page.text, LAMP_WARNING):
            yield Fault(f"Auf „{page.path}“ fehlen im Probelauf die Warnhinweise des Artikels.")


def _everywhere(sight: Sight, words: str, sku: str, called: str) -> Iterator[Fault]:
    seen = specimen.of(sight)
    places = {page.path: page.text for page in map(seen.page, (f"product-{sku}", "cart", "confirm"))}
    letter = seen.letter("order_received")
    for name, text in {
        **places,
        "Bestellbestätigung": letter.text,
        "Bestellbestätigung (HTML)": letter.tree.text,
    }.items():
        if not _has_words(text, words):
            yield Fault(f"Auf „{name}“ fehlt im Probelauf {called}: {words}")


def _without_bin(page: Page) -> Iterator[Fault]:
    symbols = [each["aria-label"] or each["alt"] for each in _main(page).all("svg", "img")]
    if not any("Abfalltonne" in each for each in symbols):
        yield Fault("Auf der Artikelseite fehlt das Symbol der durchgestrichenen Abfalltonne.")


def _prices(page: Page) -> list[Element]:
    """The elements in whose own words a price stands."""
    return [
        each
        for each in _main(page).walk()
        if _PRICE.search(" ".join(part for part in each.children if isinstance(part, str)))
    ]


def _is_noted(price: Element, note: str) -> bool:
    near = [price, *list(price.above())[:_NEAR]]
    around = takewhile(lambda each: not _is_list(each), near)
    return any(each.links_to("/versand") and note in each.text for each in around)


def _is_list(element: Element) -> bool:
    """Whether several goods stand in it, so that a note in it may be another's."""
    return len({each["href"] for each in element.all("a") if each["href"].startswith("/artikel/")}) > 1


def _main(page: Page) -> Element:
    return next(iter(page.tree.all("main")), page.tree)


def _says_notice(element: Element) -> bool:
    own = _plain(" ".join(part for part in element.children if isinstance(part, str)))
    return _plain(wordings.GUARANTEE_NOTICE) in (own, _plain(element["alt"]))


def _has_words(text: str, words: str) -> bool:
    return _plain(words) in _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
