"""Rules about invoices (E04, E06–E12 of part E): what they say, that each sale has one, and that none is changed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from catalog.times import german_day
from catalog.vat import contained_cents
from checkout import invoicing, wordings
from checkout.deliveries import Shipment
from checkout.documents import Document, Kind, content_hash
from checkout.invoice_terms import is_vat_id
from checkout.invoices import Invoice
from checkout.series import NumberSeries, skipped
from shop import invoice_terms
from shop.law import specimen
from shop.law.einvoice import ISSUED_BY_ALL, ISSUED_BY_LARGE, RECEIVED_SINCE
from shop.law.rules import ERROR, INFO, WARNING, Fault, Rule, Sight

_VAT_ACT = date(2004, 1, 1)  # § 14 UStG as it stands in substance
_LIST, _PROFILE = "/backoffice/rechnungen", "/backoffice/laden"
_AT_ONCE = 500  # rows in memory
_LOOKED_AT = 200  # the newest documents; older ones were looked at when they were new
_SMALL_AMOUNT_CENTS = 250_00
_SELF_BILLING = "gutschrift"  # § 14 Abs. 2 S. 2 UStG: an invoice that the buyer writes
_TRIGGERS = {"invoice": 2, "invoicepaper": 2, "numberseries": 3}


def small_business(sight: Sight) -> Iterable[Fault]:
    """E04: § 34a UStDV, names and addresses, number, date, goods, total and the sentence about the exemption."""
    if sight.owner.is_small_business and (lacking := invoice_terms.of(sight.owner, {}).missing):
        yield Fault(lacking, _PROFILE)
    for row, document in _newest(sight.session):
        exempt = [tax for tax in document.taxes if tax.category == "E"]
        if exempt and wordings.SMALL_BUSINESS_INVOICE_NOTE not in document.notes:
            yield Fault(f"{row.number} sagt nicht, dass Kleinunternehmer keine Steuer ausweisen.", _LIST)
        if exempt and document.vat_cents:
            yield Fault(f"{row.number} weist eine Steuer aus, obwohl sie steuerfrei ist (§ 14c UStG).", _LIST)


def content(sight: Sight) -> Iterable[Fault]:
    """E06: all that § 14 Abs. 4 UStG asks for stands on each document, and the tax is that of its rate."""
    if not sight.owner.is_small_business and (lacking := invoice_terms.of(sight.owner, {}).missing):
        yield Fault(lacking, _PROFILE)
    for row, document in _newest(sight.session):
        for lacking in lacks(document):
            yield Fault(f"Auf {row.number} fehlt oder stimmt nicht: {lacking}.", _LIST)


def lacks(document: Document) -> Iterator[str]:
    """What a document does not say although § 14 Abs. 4 UStG asks for it, number by number; in German."""
    seller = document.seller
    asked = (
        ("Name und Anschrift der Verkäuferin (Nr. 1)", seller.name and seller.street and seller.city),
        ("Name der Kundin (Nr. 1)", document.buyer.name or document.buyer.company),
        ("Steuernummer oder USt-IdNr. (Nr. 2)", seller.tax_number or is_vat_id(seller.vat_id)),
        ("Ausstellungsdatum und Nummer (Nr. 3, 4)", document.issued_on and document.number),
        ("Menge und Bezeichnung (Nr. 5)", all(item.name and item.quantity for item in document.items)),
        ("Tag der Lieferung (Nr. 6)", document.delivered_from and document.delivered_to),
        ("Entgelt und Steuer je Satz (Nr. 7, 8)", all(_adds_up(document, tax.permille) for tax in document.taxes)),
        ("Grund der Steuerbefreiung (Nr. 8)", all(t.reason or t.category in ("S", "Z") for t in document.taxes)),
        ("Verweis auf die Rechnung (§ 31 Abs. 5 UStDV)", document.kind is Kind.INVOICE or document.refers_to),
    )
    yield from (name for name, is_there in asked if not is_there)


def small_amounts(sight: Sight) -> Iterable[Fault]:
    """E07: above 250 € an invoice needs the buyer's address as well; we print all we know on each."""
    for row, document in _newest(sight.session):
        buyer = document.buyer
        if document.kind is Kind.INVOICE and document.gross_cents > _SMALL_AMOUNT_CENTS and not buyer.street:
            yield Fault(f"Auf {row.number} (über 250 €) fehlt die Anschrift der Kundin: bitte berichtigen.", _LIST)


def each_sale_has_one(sight: Sight) -> Iterable[Fault]:
    """E08: what has left for more than a day has its invoice."""
    before = sight.today - timedelta(days=1)
    missing = invoicing.without(sight.session, _LOOKED_AT)
    late = [order for order in missing if _left_on(sight.session, order.id or 0) < before]
    if late:
        many = f"Mindestens {len(late)}" if len(missing) == _LOOKED_AT else str(len(late))
        what = "Bestellung ist" if len(late) == 1 else "Bestellungen sind"
        yield Fault(f"{many} {what} ohne Rechnung hinausgegangen, zuerst {late[0].number}.", _LIST)


def consent_to_email(sight: Sight) -> Iterable[Fault]:
    """E09: who orders reads that the invoice comes as a PDF by e-mail, and on paper if she wishes."""
    page = specimen.of(sight).page("confirm").text
    if wordings.INVOICE_BY_EMAIL not in page and "Kassenbon" not in page:
        yield Fault("Auf „Bestellung prüfen“ fehlt der Satz zur Rechnung per E-Mail, auf Wunsch auf Papier.")


def numbers(sight: Sight) -> Iterable[Fault]:
    """E10: numbers without gap, documents as they were issued, and a database that refuses to change them."""
    every = select(Invoice.number, Invoice.document, Invoice.sha256).execution_options(yield_per=_AT_ONCE)
    for number, document, sha256 in sight.session.exec(every):
        if content_hash(document) != sha256:
            yield Fault(f"{number} ist nicht mehr das Dokument, das ausgestellt wurde.", _LIST)
    for prefix, year, missing in _gaps(sight.session, sight.today):
        yield Fault(f"In der Reihe {prefix}-{year} fehlen {missing} Nummern.", _LIST)
    for table, wanted in _TRIGGERS.items():
        if _triggers(sight.session, table) < wanted:
            yield Fault(f"Die Datenbank schützt die Tabelle „{table}“ nicht mehr vor Änderungen.")


def corrections(sight: Sight) -> Iterable[Fault]:
    """E11: corrections name their invoice; what is cancelled comes to nothing; none calls itself a self-billing."""
    later = select(Invoice).where(Invoice.kind != Kind.INVOICE.value)
    sums: Counter[int] = Counter()
    cancelled: set[int] = set()
    for row in sight.session.exec(later.execution_options(yield_per=_AT_ONCE)):
        root = row.refers_to_id or 0
        sums[root] += row.gross_cents
        if row.kind == Kind.CANCELLATION:
            cancelled.add(root)
        if _SELF_BILLING in _words_of(row.content):
            yield Fault(f"{row.number} nennt sich „{_SELF_BILLING}“, was etwas anderes ist (§ 14 UStG).", _LIST)
    for root in sorted(cancelled):
        invoice = sight.session.get_one(Invoice, root)
        if invoice.gross_cents + sums[root]:
            yield Fault(f"Rechnung {invoice.number} ist storniert, ihre Belege ergeben aber nicht null.", _LIST)


def _words_of(document: Document) -> str:
    """What a document says beside the names of goods and people, in small letters."""
    details = (item.details for item in document.items)
    return " ".join((document.title, document.reason, *document.notes, *details)).casefold()


def for_machines(sight: Sight) -> Iterable[Fault]:
    """E12: e-invoices are taken in (an e-mail address suffices) and issued to everybody, long before it is a duty."""
    if not sight.owner.email:
        yield Fault("Ohne E-Mail-Adresse können Sie keine E-Rechnungen annehmen (Pflicht seit 2025).", _PROFILE)


def _newest(session: Session) -> list[tuple[Invoice, Document]]:
    """The newest documents that hold: what is cancelled was put right."""
    cancelled = select(Invoice.refers_to_id).where(Invoice.kind == Kind.CANCELLATION.value)
    holds = (col(Invoice.id).not_in(cancelled), Invoice.kind != Kind.CANCELLATION.value)
    rows = session.exec(select(Invoice).where(*holds).order_by(col(Invoice.id).desc()).limit(_LOOKED_AT)).all()
    return [(row, row.content) for row in rows]


def _adds_up(document: Document, permille: int) -> bool:
    """The tax of a rate is what is contained in its gross, but for the cent of a sum of rounded parts."""
    gross = sum(tax.gross_cents for tax in document.taxes if tax.permille == permille)
    vat = sum(tax.vat_cents for tax in document.taxes if tax.permille == permille)
    return abs(vat - contained_cents(gross, permille)) <= 1


def _left_on(session: Session, order_id: int) -> date:
    """The German day on which the last of an order left."""
    last = session.exec(select(func.max(Shipment.shipped_at)).where(Shipment.order_id == order_id)).one()
    return german_day(last) if last else date.min


def _gaps(session: Session, today: date) -> Iterator[tuple[str, int, int]]:
    """Series of which numbers are missing, and how many; those whose documents may be deleted are left out.

    What was left out after a backup was played back is known, and missing nowhere.
    """
    there, is_kept = Counter[tuple[str, int]](), col(Invoice.keep_until) >= today
    for series, day in session.exec(select(Invoice.series, col(Invoice.issued_on)).where(is_kept)).all():
        there[series, day.year] += 1
    left_out = skipped(session)
    for row in session.exec(select(NumberSeries)).all():
        known = there[row.prefix, row.year] + left_out[row.prefix, row.year]
        if row.year >= today.year - 8 and known != row.last:
            yield row.prefix, row.year, row.last - known


def _triggers(session: Session, table: str) -> int:
    """How many triggers guard a table."""
    found = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    if session.connection().dialect.name != "sqlite":
        found = (
            "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relname = :table"
        )
    return int(session.connection().execute(text(found), {"table": table}).scalar_one())


RULES: tuple[Rule, ...] = (
    Rule(
        "E04", "§ 34a UStDV, § 19 UStG", date(2025, 1, 1), ERROR,
        "Rechnungen von Kleinunternehmern nennen beide Namen und Anschriften, Steuernummer, Datum, Ware, Betrag und "
        "den Hinweis auf die Steuerbefreiung.",
        "Der Laden schreibt das alles von selbst und weist keine Steuer aus.", small_business,
    ),
    Rule(
        "E06", "§ 14 Abs. 4 UStG, § 31 UStDV", _VAT_ACT, ERROR,
        "Auf jeder Rechnung stehen die zehn Angaben des § 14 Abs. 4 UStG.",
        "Sie kommen aus Bestellung und Profil, werden einmal festgehalten und nie geändert.", content,
    ),
    Rule(
        "E07", "§ 33 UStDV", date(2017, 1, 1), INFO,
        "Bis 250 € genügen weniger Angaben, darüber nicht.",
        "Der Laden druckt immer alle Angaben.", small_amounts,
    ),
    Rule(
        "E08", "§ 14 Abs. 2, § 14a UStG", _VAT_ACT, WARNING,
        "An Firmen muss, an alle anderen sollte zu jeder Lieferung eine Rechnung gehen.",
        "Mit dem letzten Paket entsteht sie von selbst; was ohne sie hinausging, steht bei den Rechnungen.",
        each_sale_has_one,
    ),
    Rule(
        "E09", "§ 14 Abs. 1 UStG", date(2011, 7, 1), WARNING,
        "Eine Rechnung per E-Mail braucht das Einverständnis der Kundin.",
        "An der Kasse steht, dass sie als PDF kommt und auf Wunsch auf Papier.", consent_to_email,
    ),
    Rule(
        "E10", "§ 14 Abs. 4 Nr. 4 UStG, § 146 Abs. 4 AO", _VAT_ACT, ERROR,
        "Rechnungsnummern sind fortlaufend und einmalig, ausgestellte Rechnungen werden nicht verändert.",
        "Die Nummer entsteht im selben Vorgang wie das Dokument; die Datenbank verweigert Ändern und Löschen.", numbers,
    ),
    Rule(
        "E11", "§ 31 Abs. 5 UStDV, §§ 14, 14c UStG", _VAT_ACT, ERROR,
        "Korrekturen verweisen auf Nummer und Datum der Rechnung, die selbst bleibt, wie sie ist.",
        "Nachlass und Rückgabe ergeben Korrektur oder Stornorechnung; ein anderes Wort steht auf keinem Beleg.",
        corrections,
    ),
    Rule(
        "E12", "§ 14 Abs. 1 und 2, § 27 Abs. 38 UStG", RECEIVED_SINCE, INFO,
        "E-Rechnung an Firmen im Inland: annehmen seit 2025; ausstellen ab 2027 bei über 800.000 € Umsatz im Vorjahr, "
        "ab 2028 alle. Nie Pflicht bis 250 € und für Kleinunternehmer.",
        "Jede Rechnung ist von Anfang an eine E-Rechnung (ZUGFeRD, mit Leitweg-ID XRechnung).", for_machines,
        turns=(ISSUED_BY_LARGE, ISSUED_BY_ALL),
    ),
)  # fmt: skip
