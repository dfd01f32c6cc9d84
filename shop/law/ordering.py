"""Rules about the way to an order (part D); what the page with the order button must be stands in confirming.py."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from checkout import wordings
from checkout.payments import PaymentMethod
from shop import legal, themes
from shop.law import confirming, markup, specimen
from shop.law.markup import Element
from shop.law.rules import ERROR, INFO, WARNING, Fault, Rule, Sight, by_construction

_CONSUMER_RIGHTS = date(2014, 6, 13)  # RL 2011/83/EU in force
_GDPR = date(2018, 5, 25)

_PLACE = "/kasse/bestellen"
_ORDERING = ("cart", "checkout", "checkout-problems", "confirm")
_ASKED_OF_EVERYBODY = frozenset("name email street postal_code city country delivery payment".split())
_TOO_MUCH = re.compile(r"geburt|birth|anrede|salutation|gender|geschlecht", re.IGNORECASE)
_CARD_FIELDS = re.compile(
    r"""autocomplete\s*=\s*["']?cc-|name\s*=\s*["']?(?:card|karten?)[-_]?(?:number|nummer|no)|name\s*=\s*["']?(?:cvc|cvv)""",
    re.IGNORECASE,
)
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
_FREE_BY_LAW = {"stripe": "Karten und SEPA-Lastschriften", "transfer": "Überweisungen"}

# Art. 246c EGBGB, number by number: what is looked for, and what it is called.
_TECHNICAL = (
    ("die Schritte zum Vertrag", re.compile(r"verbindliches Angebot|Vertrag (?:kommt|wird)", re.IGNORECASE)),
    ("ob der Vertragstext gespeichert wird", re.compile(r"Vertragstext|Text des Vertrags", re.IGNORECASE)),
    ("wie Eingabefehler berichtigt werden", re.compile(r"ändern|berichtig|korrigier", re.IGNORECASE)),
    ("die Sprache des Vertrags", re.compile(r"deutscher Sprache|auf Deutsch|Vertragssprache", re.IGNORECASE)),
)
_CODES = ("die Verhaltenskodizes", re.compile(r"Verhaltenskod(?:ex|izes)", re.IGNORECASE))


def delivery_and_payment(sight: Sight) -> Iterable[Fault]:
    """D01: before "Zur Kasse" the cart names each country that is served and each way to pay."""
    cart = specimen.of(sight).page("cart").tree
    before = _text_before(cart, next((each for each in cart.all("form") if each["action"] == "/kasse"), None))
    for code in sight.owner.delivery_countries.split():
        if legal.country_name(code) not in before:
            yield Fault(f"Der Warenkorb nennt {legal.country_name(code)} nicht als Lieferland.")
    for method in _offered(sight):
        if markup.plain(method.label) not in before:
            yield Fault(f"Der Warenkorb nennt die Zahlungsart „{method.label}“ nicht.")


def errors_can_be_mended(sight: Sight) -> Iterable[Fault]:
    """D02: the last page leads back to what was told and to the cart; a wrong input gets its sentence."""
    seen = specimen.of(sight)
    confirm = seen.page("confirm").tree
    for path, what in (("/kasse", "Lieferung und Zahlung"), ("/warenkorb", "den Warenkorb")):
        if not any(re.search("ändern|bearbeiten", each.text, re.IGNORECASE) for each in confirm.links_to(path)):
            yield Fault(f"Auf „Bestellung prüfen“ fehlt ein Link „ändern“ für {what}.")
    wrong = seen.page("checkout-problems")
    if wrong.status != 422 or not wrong.tree.all(role="alert"):
        yield Fault("Die Kasse sagt nicht, welche Angabe fehlt oder falsch ist.")


def technical_steps(sight: Sight) -> Iterable[Fault]:
    """D03: the terms say all that Art. 246c asks for, the page with the button the main of it."""
    seen = specimen.of(sight)
    for name, page in (("agb", "Die AGB nennen"), ("confirm", "„Bestellung prüfen“ nennt")):
        text = seen.page(name).text
        for what, words in (*_TECHNICAL, *([_CODES] if name == "agb" else [])):
            if not words.search(text):
                yield Fault(f"{page} nicht: {what}.", "/backoffice/seiten" if name == "agb" else "")


def order_button(sight: Sight) -> Iterable[Fault]:
    """D05: one button orders, and it says nothing but the words of § 312j Abs. 3 BGB."""
    seen = specimen.of(sight)
    for page in seen.pages.values():
        ordering = _ordering_buttons(page.tree)
        if page.name == "confirm" and len(ordering) != 1:
            yield Fault(f"„Bestellung prüfen“ hat {len(ordering)} Schaltflächen, mit denen bestellt wird, statt einer.")
        if page.name != "confirm" and ordering:
            yield Fault(f"Auch auf {page.path} steht eine Schaltfläche, mit der bestellt wird.")
        for button in ordering:
            if markup.words_on(button).casefold() != wordings.ORDER_BUTTON:
                yield Fault(
                    f"Auf der Schaltfläche steht „{markup.words_on(button)}“ statt „{wordings.ORDER_BUTTON}“: "
                    "So kommt kein Vertrag zustande."
                )


def no_foreign_forms(sight: Sight) -> Iterable[Fault]:
    """D06: until the order stands, no form and no button leads to a payment provider."""
    for page in specimen.of(sight).pages.values():
        if page.name == "order":
            continue
        for each in page.tree.all("form", "button", "input"):
            target = each["action"] or each["formaction"]
            if re.match(r"(?:https?:)?//", target) and not target.startswith(sight.shop.settings.url):
                yield Fault(f"Auf {page.path} schickt ein Formular zu {target}, bevor bestellt ist.")


def nothing_ticked(sight: Sight) -> Iterable[Fault]:
    """D07: no box is ticked and nothing chosen on the way to the order but delivery and payment."""
    seen = specimen.of(sight)
    for page in [*seen.products(), *(seen.page(name) for name in _ORDERING)]:
        for field in (each for each in page.tree.all("input") if "checked" in each.attributes):
            is_choice = field["type"] == "radio" and field["name"] in ("delivery", "payment", "variante")
            if not is_choice:
                yield Fault(f"Auf {page.path} ist „{field['name']}“ schon angekreuzt.")
    bought = sum(line.line_cents for line in seen.lines) + specimen.PARCEL_CENTS
    if bought != seen.total_cents and "Paket" in seen.page("confirm").text:
        yield Fault("Die Gesamtsumme enthält etwas, das niemand in den Warenkorb gelegt hat.")


def no_payment_fees(sight: Sight) -> Iterable[Fault]:
    """D08: card, transfer and debit cost nothing; where another way does, a free one stands beside it."""
    methods = _offered(sight)
    dear = [method for method in methods if getattr(method, "fee_cents", 0) > 0]
    for method in dear:
        if method.key in _FREE_BY_LAW:
            yield Fault(f"Für {_FREE_BY_LAW[method.key]} darf nichts verlangt werden (§ 270a BGB).")
    if dear and len(dear) == len(methods):
        yield Fault("Es fehlt eine Zahlungsart, die nichts kostet (§ 312a Abs. 4 BGB).", "/backoffice/laden#iban")


def no_card_fields(sight: Sight) -> Iterable[Fault]:
    """D09: no template of the theme asks for the number of a card; that is the provider's business."""
    for file in _templates(sight):
        if _CARD_FIELDS.search(file.read_text(encoding="utf-8")):
            yield Fault(f"Die Vorlage {file.name} fragt nach Kartendaten. Das darf nur die Seite des Zahlungsdienstes.")


def receipt(sight: Sight) -> Iterable[Fault]:
    """D10: the order's letter is owed at once, and names goods and total."""
    seen = specimen.of(sight)
    text = markup.plain(seen.letter("order_received").text)
    for line in seen.lines:
        if markup.plain(line.name) not in text:
            yield Fault(f"In der Bestellbestätigung fehlt der Artikel „{line.name}“.")
    if markup.cents(seen.total_cents) not in text:
        yield Fault("In der Bestellbestätigung fehlt der Gesamtbetrag.")


def contract_on_paper(sight: Sight) -> Iterable[Fault]:
    """D11: the letter itself carries instruction, form, terms, trader and the way to withdraw; a link is not enough."""
    seen = specimen.of(sight)
    letter = seen.letter("order_received")
    texts = (markup.plain(letter.text), letter.tree.text)  # what a reader sees is one of them
    instruction = legal.withdrawal_instruction(seen.owner, f"{sight.shop.settings.url}/widerruf")
    parts = {
        "die Widerrufsbelehrung": [words for _, words in instruction],
        "das Muster-Widerrufsformular": [wordings.MODEL_FORM_TITLE, wordings.MODEL_FORM_FOOTNOTE],
        "die AGB": [each.text for each in seen.page("agb").tree.all("h2") if each.text[:1].isdigit()],
        "wer verkauft": [seen.owner.owner_name, seen.owner.street],
        "der Weg zum Widerruf": [f"{sight.shop.settings.url}/widerruf"],
    }
    for what, words in parts.items():
        if not words or not all(markup.plain(each) in text for each in words for text in texts):
            yield Fault(f"In der Bestellbestätigung fehlt ganz oder zum Teil: {what}.")
    if not any(each.mimetype == "application/pdf" for each in letter.attachments):
        yield Fault("Der Bestellbestätigung liegt der Vertrag nicht als PDF bei.")


def contract_can_be_kept(sight: Sight) -> Iterable[Fault]:
    """D12: the order's own page shows what was ordered, and leads to what it was ordered under, also as a file."""
    seen = specimen.of(sight)
    page = seen.page("order")
    for line in seen.lines:
        if markup.plain(line.name) not in page.text:
            yield Fault(f"Auf der Seite der Bestellung fehlt der Artikel „{line.name}“.")
    if not any(each["href"].startswith(page.path) and each["href"].endswith(".pdf") for each in page.tree.all("a")):
        yield Fault("Auf der Seite der Bestellung fehlt der Vertrag als PDF.")
    for path, title in (("/agb", "AGB"), ("/widerrufsbelehrung", "Widerrufsbelehrung")):
        if not page.tree.links_to(path):
            yield Fault(f"Auf der Seite der Bestellung fehlt der Link zu: {title}.")
    if not any(each["href"].endswith("/bestaetigung.pdf") for each in page.tree.all("a")):
        yield Fault("Auf der Seite der Bestellung fehlt der Link zur Bestellbestätigung als PDF.")


def guests_may_order(sight: Sight) -> Iterable[Fault]:
    """D13: the whole way to the order asks for no password."""
    seen = specimen.of(sight)
    for page in (*(seen.page(name) for name in _ORDERING), seen.page("order")):
        if page.tree.all("input", type="password"):
            yield Fault(f"Auf der Seite „{page.name}“ wird ein Passwort verlangt.")


def asked_no_more_than_needed(sight: Sight) -> Iterable[Fault]:
    """D14: only what the contract needs must be told."""
    for field in specimen.of(sight).page("checkout").tree.all("input", "select", "textarea"):
        is_owed = "required" in field.attributes or field["aria-required"] == "true"
        if is_owed and field["name"] not in _ASKED_OF_EVERYBODY:
            yield Fault(f"Die Kasse verlangt „{field['name']}“, obwohl der Vertrag das nicht braucht.")
        if _TOO_MUCH.search(field["name"]):
            yield Fault(f"Die Kasse fragt nach „{field['name']}“; das braucht der Vertrag nicht.")


def europeans_may_buy(sight: Sight) -> Iterable[Fault]:
    """D15: an invoice may go to any country of the EU."""
    page = specimen.of(sight).page("checkout").tree
    offered = {
        option["value"] for field in page.all("select", name="billing_country") for option in field.all("option")
    }
    missing = [legal.country_name(code) for code in _EU if code not in offered]
    if missing:
        yield Fault(f"In der Kasse fehlen als Rechnungsland: {', '.join(missing)}.")


def _offered(sight: Sight) -> list[PaymentMethod]:
    """The ways to pay that lack nothing; buying by invoice is agreed with each buyer, so it is none."""
    return [each for each in sight.shop.payments.values() if not each.missing() and each.key != "invoice"]


def _ordering_buttons(tree: Element) -> list[Element]:
    """Buttons of the form that orders, wherever they stand, and those that send another form there."""
    names = {each["id"] for each in _forms_to(tree, _PLACE) if each["id"]}
    inside = [button for form in _forms_to(tree, _PLACE) for button in markup.buttons(form)]
    outside = [each for each in markup.buttons(tree) if each["formaction"] == _PLACE or each["form"] in names]
    return [*inside, *(each for each in outside if each not in inside)]


def _forms_to(tree: Element, path: str) -> list[Element]:
    return [each for each in tree.all("form") if each["action"] == path]


def _text_before(tree: Element, mark: Element | None) -> str:
    """What is read on a page before an element; all of it where the element is not there."""
    if mark is None:
        return tree.text
    words = []
    for each in tree.walk():
        if each is mark:
            break
        words += [child for child in each.children if isinstance(child, str)]
    return markup.plain(" ".join(words))


def _templates(sight: Sight) -> Iterable[Path]:
    for folder in themes.chain(sight.shop.settings.themes, sight.shop.settings.theme):
        yield from folder.glob("**/*.html")


RULES: tuple[Rule, ...] = (
    Rule(
        "D01", "§ 312j Abs. 1 BGB", _CONSUMER_RIGHTS, ERROR,
        "Spätestens am Anfang der Bestellung steht, wohin geliefert wird und wie man bezahlen kann.",
        "Der Warenkorb nennt alle Lieferländer und alle Zahlungsarten.", delivery_and_payment,
    ),
    Rule(
        "D02", "§ 312i Abs. 1 Nr. 1 BGB", _CONSUMER_RIGHTS, ERROR,
        "Eingabefehler lassen sich vor der Bestellung erkennen und berichtigen.",
        "Die letzte Seite zeigt alles noch einmal, jeder Teil mit einem Link „ändern“.", errors_can_be_mended,
    ),
    Rule(
        "D03", "§ 312i Abs. 1 Nr. 2 BGB, Art. 246c EGBGB", _CONSUMER_RIGHTS, ERROR,
        "Vor der Bestellung steht, wie der Vertrag zustande kommt, ob sein Text gespeichert wird, wie man Fehler "
        "berichtigt, in welcher Sprache und nach welchen Kodizes.",
        "Die AGB sagen alles, die letzte Seite das Wichtige davon.", technical_steps,
    ),
    Rule(
        "D04", "§ 312j Abs. 2 BGB; OLG München 29 U 1582/18", _CONSUMER_RIGHTS, ERROR,
        "Unmittelbar vor der Bestellung stehen hervorgehoben: was die Ware ausmacht, Gesamtpreis, Versand und alle "
        "Kosten.",
        "Artikel mit Faser, Grundpreis und Lieferzeit, dann die Summen, dann die Schaltfläche; nichts dazwischen.",
        confirming.look, turns=(confirming.NOTICE_SINCE,),
    ),
    Rule(
        "D05", "§ 312j Abs. 3 und 4 BGB", date(2012, 8, 1), ERROR,
        f"Auf der einen Schaltfläche, mit der bestellt wird, steht „{wordings.ORDER_BUTTON}“ und sonst nichts.",
        "Die Worte stehen fest und lassen sich nicht einstellen.", order_button,
    ),
    Rule(
        "D06", "§ 312j Abs. 3 BGB; LG Hildesheim 6 O 156/22", date(2012, 8, 1), ERROR,
        "Keine Schaltfläche eines Zahlungsdienstes bestellt.",
        "Zum Zahlungsdienst geht es erst, wenn die Bestellung steht.", no_foreign_forms,
    ),
    Rule(
        "D07", "§ 312a Abs. 3 BGB", _CONSUMER_RIGHTS, ERROR,
        "Nichts, was Geld kostet, ist schon angekreuzt oder liegt von selbst im Warenkorb.",
        "Vorgewählt ist höchstens ein Versandweg.", nothing_ticked,
    ),
    Rule(
        "D08", "§§ 270a, 312a Abs. 4 BGB", date(2018, 1, 13), ERROR,
        "Karte, Überweisung und Lastschrift kosten nichts extra.",
        "Zahlungsarten haben hier keinen Preis.", no_payment_fees,
    ),
    Rule(
        "D09", "§ 55 ZAG (PSD2)", date(2019, 9, 14), ERROR,
        "Wer zahlt, weist sich gegenüber seiner Bank aus; Kartendaten gehören nicht in den Laden.",
        "Bezahlt wird auf der Seite des Zahlungsdienstes; der Laden sieht keine Kartennummer.", no_card_fields,
    ),
    Rule(
        "D10", "§ 312i Abs. 1 Nr. 3 BGB", _CONSUMER_RIGHTS, ERROR,
        "Der Eingang jeder Bestellung wird unverzüglich bestätigt.",
        "Der Brief wird mit der Bestellung zusammen gespeichert und geht sofort hinaus.", receipt,
    ),
    Rule(
        "D11", "§ 312f Abs. 2 BGB; BGH III ZR 368/13", _CONSUMER_RIGHTS, ERROR,
        "Der Vertrag kommt auf einem dauerhaften Datenträger: mit Widerrufsbelehrung, Formular, AGB und Anbieter.",
        "Alles steht in der Bestellbestätigung selbst und liegt ihr als PDF bei.", contract_on_paper,
    ),
    Rule(
        "D12", "§ 312i Abs. 1 Nr. 4 BGB", _CONSUMER_RIGHTS, ERROR,
        "Die Vertragsbedingungen lassen sich abrufen und speichern.",
        "Jede Bestellung hat ihre eigene Seite mit geheimer Adresse, auch als PDF mit allen Texten.",
        contract_can_be_kept,
    ),
    Rule(
        "D13", "Art. 5 Abs. 1 lit. c, Art. 6 DSGVO; DSK 24.03.2022", date(2022, 3, 24), ERROR,
        "Bestellen geht ohne Kundenkonto.",
        "Es gibt keine Kundenkonten.", guests_may_order,
    ),
    Rule(
        "D14", "Art. 5 Abs. 1 lit. c DSGVO", _GDPR, WARNING,
        "Gefragt wird nur, was der Vertrag braucht.",
        "Nötig sind Name, Anschrift und E-Mail-Adresse.", asked_no_more_than_needed,
    ),
    Rule(
        "D15", "VO (EU) 2018/302", date(2018, 12, 3), ERROR,
        "Wer in der EU wohnt, wird nicht ausgesperrt und darf zu denselben Bedingungen kaufen.",
        "Die Rechnung darf in jedes Land der EU gehen; nach der Herkunft wird nicht gefragt.", europeans_may_buy,
    ),
    Rule(
        "D16", "§ 312c BGB", _CONSUMER_RIGHTS, INFO,
        "Wer online bestellt und im Laden abholt, hat dieselben Rechte wie beim Versand.",
        "Auch Abholbestellungen gehen über die letzte Seite mit allen Angaben und haben ein Widerrufsrecht.",
        by_construction,
    ),
)  # fmt: skip
