"""Rules about tax rates, small businesses, the journal, retention, vouchers and cash (E01–E03, E05, E13–E16)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from catalog.times import german_day
from catalog.vat import GERMAN, OTHER_EU, Taxation, VatClass
from checkout import distance_sales, erasing, gift_vouchers, journal_check, small_business
from checkout.gift_vouchers import GiftVoucher
from checkout.invoices import Invoice
from checkout.orders import ENDED, Order, OrderLine
from checkout.payments import Payment
from checkout.shipping import PICKUP
from shop import journal_heads
from shop.law import specimen
from shop.law.rules import ERROR, Fault, Rule, Sight

_LAST = 200  # orders that are looked at, the newest
_LAST_ENTRIES = 2000
_TAX = re.compile(r"MwSt|Mehrwertsteuer|valueAddedTax")
_BOOKS, _INVOICES = "/backoffice/buchhaltung", "/backoffice/rechnungen"
_LATE = timedelta(days=31)  # from the turn of the year: the deletion runs in small parts


def _rates_of_the_day(sight: Sight) -> Iterator[Fault]:
    """E01: each line of the newest orders has a rate that held where and when it was sold."""
    own = distance_sales.own_rates(sight.session)
    lines = select(OrderLine, Order).join(Order, col(Order.id) == OrderLine.order_id)
    newest = lines.where(~col(Order.is_small_business)).order_by(col(OrderLine.id).desc()).limit(_LAST)
    for line, order in sight.session.exec(newest).all():
        if line.vat_permille not in _valid(Taxation(order.vat_country, own), german_day(order.placed_at)):
            yield Fault(
                f"Bestellung {order.number}: Der Steuersatz von „{line.name}“ galt an diesem Tag nicht.",
                f"/backoffice/bestellungen/{order.id}",
            )


def _valid(taxation: Taxation, on: date) -> set[int]:
    known = GERMAN if taxation.country not in OTHER_EU else taxation
    return {known.permille(each, on) for each in VatClass} | {0}


def _taxes_add_up(sight: Sight) -> Iterator[Fault]:
    """E02: the shares of all rates, shipping split among them, are the order's total without its gift vouchers."""
    newest = select(Order).where(~col(Order.is_small_business)).order_by(col(Order.id).desc()).limit(_LAST)
    for order in sight.session.exec(newest).all():
        if order.vat and sum(share["gross_cents"] for share in order.vat) != order.total_cents - order.gift_cents:
            yield Fault(f"Bestellung {order.number}: Die Anteile der Steuersätze ergeben nicht die Summe.")


def _small_business(sight: Sight) -> Iterator[Fault]:
    """E03: within the limits, and without a word of tax in what shoppers see."""
    if not sight.owner.is_small_business:
        return
    before = small_business.turnover_cents(sight.session, sight.today.year - 1)
    if before > small_business.BEFORE_CENTS:
        yield Fault(
            "Der Umsatz des Vorjahres liegt über 25.000 €: Die Befreiung für Kleinunternehmer gilt dieses Jahr nicht. "
            "Bitte stellen Sie die Besteuerung um.",
            _BOOKS,
        )
    if small_business.turnover_cents(sight.session, sight.today.year) > small_business.NOW_CENTS:
        yield Fault("Der Umsatz dieses Jahres liegt über 100.000 €: Die Befreiung ist zu Ende.", _BOOKS)
    yield from _words_of_tax(sight)


def _words_of_tax(sight: Sight) -> Iterator[Fault]:
    seen = specimen.of(sight)
    for page in seen.pages.values():
        if found := _TAX.search(page.html):
            yield Fault(f"Die Seite „{page.name}“ spricht von „{found[0]}“, obwohl Sie Kleinunternehmerin sind.")
    for kind, letter in seen.letters.items():
        if found := _TAX.search(f"{letter.text} {letter.html}"):
            yield Fault(f"Der Brief „{kind}“ spricht von „{found[0]}“, obwohl Sie Kleinunternehmerin sind.")
    yield from _invoices_with_tax(sight)


def _invoices_with_tax(sight: Sight) -> Iterator[Fault]:
    """Papers are drawn from the frozen document alone, so its words are those of the PDF."""
    newest = select(Invoice).order_by(col(Invoice.id).desc()).limit(_LAST)
    for row in sight.session.exec(newest).all():
        document = row.content
        said = " ".join([document.title, document.reason, *document.notes, *(each.details for each in document.items)])
        if all(each.category == "E" for each in document.taxes) and (found := _TAX.search(said)):
            yield Fault(f"{row.number} spricht von „{found[0]}“, obwohl Sie Kleinunternehmerin sind.", _INVOICES)


def _distance_sales(sight: Sight) -> Iterator[Fault]:
    """E05: beyond the limit no order of the year is taxed at home any more."""
    for year in (sight.today.year, sight.today.year - 1):
        yield from _beyond_the_limit(sight.session, year)


def _beyond_the_limit(session: Session, year: int) -> Iterator[Fault]:
    if distance_sales.turnover_cents(session, year - 1) <= distance_sales.LIMIT_CENTS:
        return
    abroad = select(Order).where(
        col(Order.country).in_(sorted(OTHER_EU)), Order.delivery != PICKUP, col(Order.state).not_in(ENDED),
        Order.vat_country == "DE", ~col(Order.is_small_business), col(Order.total_cents) > col(Order.gift_cents),
    )  # fmt: skip
    at_home = [each for each in session.exec(abroad).all() if german_day(each.placed_at).year == year and each.vat]
    for order in at_home[:5]:
        yield Fault(
            f"Bestellung {order.number} ins EU-Ausland ist hier versteuert, obwohl die Grenze schon im Vorjahr "
            "überschritten war.",
            "/backoffice/eu-verkaeufe",
        )


def _journal(sight: Sight) -> Iterator[Fault]:
    """E13: the end of the journal is whole, as the kept heads know it, and the database guards it."""
    heads = journal_heads.read(sight.shop.settings)
    since = journal_check.newest(sight.session, _LAST_ENTRIES)
    found = journal_check.verify(sight.session, heads, erasing.may_be_gone(sight.shop.clock()), since=since)
    if found:
        yield Fault(f"Das Journal ist nicht unversehrt: {found.sentence}", _BOOKS)
    last = journal_heads.last_look(sight.shop.settings)
    if last is not None and last.fault:
        yield Fault(f"Die nächtliche Prüfung des Journals fand: {last.fault}", _BOOKS)
    if not _is_guarded(sight.session):
        yield Fault("Der Schutz des Journals in der Datenbank fehlt. Bitte „python3 run.py upgrade“ ausführen.", _BOOKS)


def _is_guarded(session: Session) -> bool:
    if session.connection().dialect.name == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journalentry'"
        return int(session.connection().execute(text(query)).scalar_one()) >= 2
    query = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'journalentry'::regclass AND NOT tgisinternal"
    return int(session.connection().execute(text(query)).scalar_one()) >= 3


def _retention(sight: Sight) -> Iterator[Fault]:
    """E14: what is over is gone, a month after the turn of the year at the latest, unless somebody holds it."""
    now: datetime = sight.shop.clock()
    if erasing.holds_stand(sight.session) or sight.today - date(sight.today.year, 1, 1) < _LATE:
        return
    late = sum(erasing.planned(sight.session, now).values())
    if late:
        yield Fault(f"{late} Einträge sind länger aufbewahrt, als das Gesetz erlaubt: Die Löschung kommt nicht nach.",
                    f"{_BOOKS}/aufbewahrung")  # fmt: skip


def _vouchers(sight: Sight) -> Iterator[Fault]:
    """E15: none lapses before the end of the third year."""
    for gift in sight.session.exec(select(GiftVoucher).where(col(GiftVoucher.balance_cents) > 0)).all():
        if gift.valid_until < gift_vouchers.last_day(gift.issued_at):
            yield Fault(
                f"Der Gutschein …{gift.code[-4:]} verfällt, bevor drei Jahre um sind.", "/backoffice/gutscheine"
            )


def _no_cash(sight: Sight) -> Iterable[Fault]:
    """E16: no money was booked that was taken in the store."""
    booked = select(Payment.id).where(Payment.method == "on_pickup").limit(1)
    if sight.session.exec(booked).first() is not None:
        yield Fault("Bargeld aus dem Laden ist hier gebucht. Es gehört allein in die Ladenkasse (§ 146a AO).", _BOOKS)


RULES: tuple[Rule, ...] = (
    Rule(
        "E01", "§ 12 UStG, Anlage 2", date(2007, 1, 1), ERROR,
        "Jede Ware ist mit dem Satz versteuert, der am Tag der Bestellung galt.",
        "Der Satz folgt aus der Steuerklasse des Artikels und dem Tag; die Bestellung behält ihn.",
        _rates_of_the_day,
    ),
    Rule(
        "E02", "UStAE 3.10", date(2007, 1, 1), ERROR,
        "Der Versand wird versteuert wie die Ware, bei gemischten Körben nach ihrem Anteil.",
        "Er wird nach dem Wert der Waren auf den Cent genau geteilt.",
        _taxes_add_up,
    ),
    Rule(
        "E03", "§ 19 UStG", date(2025, 1, 1), ERROR,
        "Kleinunternehmer bleiben unter 25.000 € im Vorjahr und 100.000 € im laufenden Jahr und nennen keine Steuer.",
        "Der Umsatz wird mitgezählt; die Bestellung, die über die Grenze geht, wird normal versteuert.",
        _small_business,
    ),
    Rule(
        "E05", "§ 3c Abs. 4, § 18j UStG", date(2021, 7, 1), ERROR,
        "Fernverkäufe über 10.000 € im Jahr werden im Land der Kundin versteuert und dem OSS gemeldet.",
        "Der Umsatz wird mitgezählt, bei 80 % wird gewarnt; der Satz des Ziellandes steht auf der Bestellung.",
        _distance_sales,
    ),
    Rule(
        "E13", "§ 146 Abs. 4 AO, GoBD", date(2015, 1, 1), ERROR,
        "Was gebucht ist, wird nicht unbemerkt geändert, und das Finanzamt kann es lesen.",
        "Ein Journal mit Prüfsummen nimmt jede Zeile auf; die Datenbank verweigert Änderungen.",
        _journal,
    ),
    Rule(
        "E14", "§ 147 AO, § 257 HGB, § 14b UStG", date(2025, 1, 1), ERROR,
        "Bücher zehn, Belege acht, Briefe sechs Jahre ab dem Ende des Kalenderjahres; danach werden sie gelöscht.",
        "Eine Arbeit in der Nacht löscht, was vorbei ist, nie früher; die Datenbank verweigert es bei Rechnungen.",
        _retention,
    ),
    Rule(
        "E15", "§ 3 Abs. 13 bis 15 UStG, §§ 195, 199 BGB", date(2019, 1, 1), ERROR,
        "Mehrzweck-Gutscheine werden beim Einlösen versteuert und verfallen frühestens nach drei Jahren.",
        "Verkauft werden sie ohne Steuer; sie gelten bis zum Ende des dritten Jahres.",
        _vouchers,
    ),
    Rule(
        "E16", "§ 146a AO, KassenSichV", date(2020, 1, 1), ERROR,
        "Bargeld gehört in eine Kasse mit Sicherheitseinrichtung.",
        "Der Shop bucht kein Bargeld: Bezahlt wird in der Ladenkasse, hier steht höchstens die Bon-Nummer.",
        _no_cash,
    ),
)  # fmt: skip
