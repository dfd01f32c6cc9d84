"""Rules about who sells, and the pages that say so (part A; what texts must not say any more stands in texts.py)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from sqlmodel import col, func, select

from checkout import rates, retention, wordings
from checkout.orders import Order
from shop import authorities, legal, legal_facts, legal_forms, pages, processors, shipping_terms, trader
from shop.formats import plain
from shop.law import markup, specimen, texts
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight, by_construction
from shop.newsletter import issues
from shop.pages import PageVersion
from shop.profile import Profile

_DDG = date(2024, 5, 14)
_GDPR = date(2018, 5, 25)
_CONSUMER_RIGHTS = date(2014, 6, 13)
_BFSG = date(2025, 6, 28)
_ODR_OFF = date(2025, 7, 20)
_VSBG = date(2017, 2, 1)

_SETUP = "/backoffice/einrichten"
_VAT_ID = re.compile(r"DE\d{9}")
_W_ID = re.compile(r"DE\d{9}-\d{5}")
_PO_BOX = re.compile(r"Post(?:fach|box|lagernd)|Packstation|P\.?\s?O\.?\s?Box|Pf\.?\s*\d", re.IGNORECASE)
_SMALL_TEAM = 10  # people at work up to whom § 36 Abs. 3 VSBG leaves a shop out
_FOR_LETTERS_TO_OWNER = "_for_owner"

# Art. 246c EGBGB, number by number, as our terms head what they say of it.
_TECHNICAL = ("Sie bestellen in diesen Schritten", "Vertragstext.", "Eingabefehler berichtigen.", "Sprache.",
              "Verhaltenskodizes.")  # fmt: skip


def imprint(sight: Sight) -> Iterable[Fault]:
    """A01: all that § 5 DDG asks of this legal form is known, and one link leads to it from everywhere."""
    yield from _who(sight)
    yield from _numbers(sight)
    yield from _imprint_page(sight)


def _who(sight: Sight) -> Iterable[Fault]:
    owner, form = sight.owner, legal_forms.of(sight.owner.legal_form)
    if not owner.legal_form:
        yield Fault("Bitte sagen Sie, welche Rechtsform Ihr Laden hat.", f"{_SETUP}/wer#rechtsform")
    if not owner.owner_name:
        yield Fault("Ihr Name (oder der Ihrer Firma) fehlt im Impressum.", f"{_SETUP}/wer#name")
    if not (owner.street and owner.postal_code and owner.city):
        yield Fault("Ihre Anschrift fehlt im Impressum oder ist unvollständig.", f"{_SETUP}/wo#strasse")
    if _PO_BOX.match(owner.street.strip()):
        yield Fault("Ein Postfach genügt nicht: Das Impressum braucht Straße und Hausnummer.", f"{_SETUP}/wo#strasse")
    if form.represented_by and not owner.representatives:
        yield Fault(f"Im Impressum fehlt, wer das Unternehmen ({form.label}) vertritt.", f"{_SETUP}/wer#vertreten")
    if form.register and not (owner.register_court and owner.register_number):
        yield Fault(f"Im Impressum fehlen Gericht und Nummer ({form.register}).", f"{_SETUP}/wer#gericht")


def _numbers(sight: Sight) -> Iterable[Fault]:
    owner = sight.owner
    for known, what, field in ((owner.email, "E-Mail-Adresse", "email"), (owner.phone, "Telefonnummer", "telefon")):
        if not known:
            yield Fault(
                f"Im Impressum fehlt Ihre {what}; nötig sind zwei Wege, Sie zu erreichen.", f"{_SETUP}/wo#{field}"
            )
    is_german = owner.country == "DE" and owner.vat_id
    if is_german and not (_VAT_ID.fullmatch(owner.vat_id) or _W_ID.fullmatch(owner.vat_id)):
        yield Fault(f"„{owner.vat_id}“ ist weder eine USt-IdNr. noch eine W-IdNr.", f"{_SETUP}/steuer#ustid")


def _imprint_page(sight: Sight) -> Iterable[Fault]:
    seen = specimen.of(sight)
    page = seen.page("impressum")
    if page.status != 200 or "Set-Cookie" in page.headers:
        yield Fault("Das Impressum ist nicht ohne Cookie zu lesen.")
    for fact in _shown_in_imprint(seen.owner):
        if markup.plain(fact) not in page.text:
            yield Fault(f"Auf der Seite „Impressum“ fehlt „{fact}“.")
    yield from _without_link(seen, "Impressum", "/impressum")
    for letter in seen.letters.values():
        if not letter.kind.endswith(_FOR_LETTERS_TO_OWNER) and "/impressum" not in f"{letter.text}{letter.html}":
            yield Fault(f"Im Brief „{letter.subject}“ fehlt der Link zum Impressum.")


def _shown_in_imprint(owner: Profile) -> list[str]:
    after_colon = (trader.registered(owner), trader.represented(owner))
    facts = (*trader.address_lines(owner), *(each.partition(": ")[2] for each in after_colon))
    return [*facts, owner.vat_id, owner.phone, owner.email]


def _without_link(seen: specimen.Specimen, words: str, path: str) -> Iterator[Fault]:
    for page in seen.pages.values():
        if not any(each.text == words for each in page.tree.links_to(path)):
            yield Fault(f"Auf der Seite {page.path} fehlt der Link „{words}“.")


def privacy(sight: Sight) -> Iterable[Fault]:
    """A03: the notice names each recipient that is switched on, and how long things are kept; it is linked before."""
    settings, payments = sight.shop.settings, sight.shop.payments
    body = _body(sight, "datenschutz")
    for each in processors.of(sight.session, sight.owner, settings, payments):
        if markup.plain(legal_facts.told(each)) not in body:
            yield Fault(
                f"Die Datenschutzerklärung nennt nicht, wer Daten bekommt: {each.label}.",
                "/backoffice/seiten/datenschutz",
            )
    if issues.is_on(sight.session) and "Newsletter" not in body:
        yield Fault("Der Newsletter ist an, steht aber nicht in der Datenschutzerklärung.", "/backoffice/laden")
    for kept in (retention.BOOKS, retention.VOUCHERS, retention.LETTERS):
        if f"{legal_facts.years(kept)} Jahre" not in body:
            yield Fault(f"Die Datenschutzerklärung nennt nicht, wie lange aufbewahrt wird: {kept.name}.")
    seen = specimen.of(sight)
    for name in ("checkout", "withdrawal", "confirm"):
        if not seen.page(name).tree.links_to("/datenschutz"):
            yield Fault(f"Auf {seen.page(name).path} fehlt der Link zur Datenschutzerklärung.")


def terms(sight: Sight) -> Iterable[Fault]:
    """A04: the terms say all of Art. 246c EGBGB; each order names its three versions, and they are all there."""
    text = specimen.of(sight).page("agb").text
    for heading in _TECHNICAL:
        if heading not in text:
            yield Fault(
                f"In den AGB fehlt der Absatz „{heading.rstrip('.')}“ (Art. 246c EGBGB).", "/backoffice/seiten/agb"
            )
    for column in (Order.terms_version, Order.withdrawal_version, Order.privacy_version):
        lost = select(func.count()).select_from(Order).where(col(column).not_in(select(PageVersion.id)))
        if count := sight.session.exec(lost).one():
            yield Fault(f"{count} Bestellungen nennen eine Fassung der Rechtstexte, die es nicht gibt.")


def no_forced_boxes(sight: Sight) -> Iterable[Fault]:
    """A05: nobody must tick that she has read something; only what the law wants declared may be asked for."""
    for name in ("checkout", "confirm"):
        page = specimen.of(sight).page(name)
        for box in page.tree.all("input", type="checkbox"):
            is_must = "required" in box.attributes or box["aria-required"] == "true"
            if is_must and not box["name"].startswith("digital"):
                yield Fault(
                    f"Auf {page.path} muss „{box['name']}“ angekreuzt werden; ein Hinweis genügt und ist sicherer."
                )


def instruction(sight: Sight) -> Iterable[Fault]:
    """A06: the page shows the canonical text word by word, with phone and e-mail, and is linked by its own name."""
    owner, seen = sight.owner, specimen.of(sight)
    if not (owner.phone and owner.email):
        yield Fault("In der Widerrufsbelehrung fehlen Telefonnummer oder E-Mail-Adresse.", f"{_SETUP}/wo")
    kept = pages.latest(sight.session, "widerrufsbelehrung")
    if kept is not None and not legal.instruction_stands(sight.session, owner, sight.shop.settings):
        yield Fault(
            "Die Widerrufsbelehrung weicht vom gesetzlichen Text ab. Bitte „Mein Laden“ einmal speichern.",
            "/backoffice/laden",
        )
    shown = seen.page("widerrufsbelehrung").text
    url = f"{sight.shop.settings.url}/widerruf"
    told = " ".join(words for _, words in legal_facts.withdrawal_instruction(seen.owner, url))
    form = " ".join([wordings.MODEL_FORM_TITLE, wordings.MODEL_FORM_INTRODUCTION, *legal_facts.model_form(seen.owner)])
    for canonical, what in ((told, "Widerrufsbelehrung"), (form, wordings.MODEL_FORM_TITLE)):
        if markup.plain(canonical) not in shown:
            yield Fault(f"Die Seite zeigt nicht den gesetzlichen Text: {what}. Bitte das Theme prüfen.")
    if not seen.page("widerrufsbelehrung").tree.links_to("/widerrufsformular.pdf"):
        yield Fault("Auf der Seite „Widerrufsbelehrung“ fehlt das Muster-Widerrufsformular als PDF.")
    yield from _without_link(seen, "Widerrufsbelehrung", "/widerrufsbelehrung")


def shipping_page(sight: Sight) -> Iterable[Fault]:
    """A08: what sending costs is known for every country, and is what the note beside each price leads to."""
    owner = sight.owner
    for sentence in shipping_terms.gaps(
        rates.load(sight.session), owner.delivery_countries.split(), trader.country_name
    ):
        yield Fault(sentence, "/backoffice/laden/versand")
    body = _body(sight, "versand")
    for method in processors.methods_in_use(sight.session, owner, sight.shop.payments):
        if markup.plain(method.label) not in body:
            yield Fault(f"Die Seite „Versand und Zahlung“ nennt die Zahlungsart „{method.label}“ nicht.")
    for page in specimen.of(sight).products():
        if not page.tree.links_to("/versand"):
            yield Fault(f"Auf {page.path} führt beim Preis kein Link zu den Versandkosten.")


def disputes(sight: Sight) -> Iterable[Fault]:
    """A09: with more than ten people at work, page and terms say that there will be no arbitration."""
    if sight.owner.staff is not None and sight.owner.staff <= _SMALL_TEAM:
        return
    for name in ("impressum", "agb"):
        if markup.plain(wordings.DISPUTES) not in specimen.of(sight).page(name).text:
            yield Fault(f"Der Hinweis zur Verbraucherschlichtung fehlt auf der Seite „{legal.TITLES[name]}“.")


def accessibility(sight: Sight) -> Iterable[Fault]:
    """A11: a shop that is no micro enterprise has the page with its four items, linked and called what it is."""
    if sight.owner.is_micro:
        return
    seen = specimen.of(sight)
    text = seen.page("barrierefreiheit").text
    items = (
        ("Was dieser Shop ist", "was der Shop ist"), ("Wie Sie ihn benutzen", "wie man ihn benutzt"),
        ("Wie er die Anforderungen", "wie er die Anforderungen erfüllt"),
        (authorities.ACCESSIBILITY[0], "die Marktüberwachungsbehörde"),
    )  # fmt: skip
    for words, what in items:
        if words not in text:
            yield Fault(f"Auf der Seite „Informationen zur Barrierefreiheit“ fehlt: {what}.")
    if re.search(r"Erklärung\s+zur\s+Barrierefreiheit", text):
        yield Fault("Die Seite heißt „Informationen zur Barrierefreiheit“, nicht „Erklärung“.")
    if not seen.page("home").tree.links_to("/barrierefreiheit"):
        yield Fault("Im Fuß der Seiten fehlt der Link zu den Informationen zur Barrierefreiheit.")


def _body(sight: Sight, slug: str) -> str:
    """What a text says now, read as it is shown."""
    kept = pages.latest(sight.session, slug)
    settings, payments = sight.shop.settings, sight.shop.payments
    body = kept.body if kept else legal.write(sight.session, slug, sight.owner, settings, payments)
    return markup.plain(plain(body))


RULES: tuple[Rule, ...] = (
    Rule(
        "A01", "§ 5 DDG", _DDG, ERROR,
        "Das Impressum nennt, wer verkauft, und ist von jeder Seite aus zu erreichen.",
        "Impressum ist vollständig und auf jeder Seite und in jedem Brief verlinkt.", imprint,
    ),
    Rule(
        "A02", "§ 18 Abs. 2 MStV", date(2020, 11, 7), ERROR,
        "Wer ein Blog oder Magazin führt, nennt, wer dafür verantwortlich ist.",
        "Der Laden hat kein Blog, deshalb ist niemand zu nennen. Schreiben Sie auf eigenen Seiten regelmäßig über "
        "Aktuelles, fragen Sie eine Anwältin.", by_construction,
    ),
    Rule(
        "A03", "Art. 13 DSGVO", _GDPR, ERROR,
        "Die Datenschutzerklärung nennt, was wirklich geschieht, bevor jemand etwas eintippt.",
        "Sie wird aus dem geschrieben, was eingeschaltet ist.", privacy,
    ),
    Rule(
        "A04", "§ 305 Abs. 2 BGB; Art. 246c EGBGB", _CONSUMER_RIGHTS, ERROR,
        "Die AGB nennen die technischen Schritte; jede Bestellung behält die Fassung, die bei ihr galt.",
        "Alle fünf Angaben stehen darin, und keine Fassung geht verloren.", terms,
    ),
    Rule(
        "A05", "§ 309 Nr. 12 BGB; BGH III ZR 368/13", date(2014, 5, 15), WARNING,
        "Niemand muss ankreuzen, etwas gelesen zu haben.",
        "Vor dem Bestellen steht ein Hinweis, kein Kästchen.", no_forced_boxes,
    ),
    Rule(
        "A06", "Art. 246a § 1 Abs. 2 EGBGB, Anlagen 1 und 2", _CONSUMER_RIGHTS, ERROR,
        "Widerrufsbelehrung und Muster-Formular stehen im Wortlaut des Gesetzes auf einer eigenen Seite.",
        "Sie sind Wort für Wort der gesetzliche Text.", instruction,
    ),
    Rule(
        "A08", "§ 6 Abs. 2 PAngV; § 312j Abs. 1 BGB", date(2022, 5, 28), ERROR,
        "Versandkosten, Länder und Zahlungsarten stehen fest, bevor jemand bestellt.",
        "Für jedes Land ist ein Preis auszurechnen, und er ist bei jedem Preis verlinkt.", shipping_page,
    ),
    Rule(
        "A09", "§ 36 VSBG", _VSBG, WARNING,
        "Ab elf Beschäftigten steht der Hinweis zur Verbraucherschlichtung auf der Website und in den AGB.",
        "Der Hinweis steht an beiden Stellen.", disputes,
    ),
    Rule(
        "A10", "VO (EU) 2024/3228", _ODR_OFF, ERROR,
        "Auf die abgeschaltete Plattform der EU zur Streitbeilegung wird nicht mehr verwiesen.",
        "Kein Text, keine Vorlage und kein Brief nennt sie.", texts.closed_platform,
    ),
    Rule(
        "A11", "§§ 3, 14 BFSG, Anlage 3; §§ 12, 19 BFSGV", _BFSG, ERROR,
        "Wer kein Kleinstunternehmen ist, erklärt auf einer Seite, wie barrierefrei der Laden ist.",
        "Die Seite mit den vier Pflichtangaben steht, oder der Laden ist ein Kleinstunternehmen.", accessibility,
    ),
    Rule(
        "A12", "Art. 11 bis 17 DSA", date(2024, 2, 17), WARNING,
        "Wer fremde Inhalte zeigt, nennt eine Kontaktstelle und lässt sie melden.",
        "Der Laden zeigt keine Inhalte Dritter: Es gibt weder Bewertungen noch Kommentare.", by_construction,
    ),
)  # fmt: skip
