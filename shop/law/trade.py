"""Rules about businesses as buyers (D17) and goods that leave the EU (E17)."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, or_, select

from checkout import tax_proofs, wordings
from checkout.orders import Order
from checkout.trade import INTRA_EU
from shop.law import specimen
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight

_CONSUMER_RIGHTS = date(2014, 6, 13)  # RL 2011/83/EU in force
_EXPORTS = date(2012, 1, 1)  # UStDV §§ 8 ff. as they stand


def businesses_have_declared(sight: Sight) -> Iterable[Fault]:
    """D17: nobody is a business without her own tick; the box is there, in these words, and empty."""
    undeclared = select(Order).where(
        col(Order.business_declared_at).is_(None),
        or_(Order.buyer_vat_id != "", Order.vat_category == INTRA_EU, Order.buyer_reference != ""),
    )
    for order in sight.session.exec(undeclared.order_by(col(Order.id))).all():
        yield Fault(
            f"Bestellung {order.number} gilt als Kauf eines Betriebs, ohne dass der Käufer das erklärt hat.",
            f"/backoffice/bestellungen/{order.id}",
        )
    page = specimen.of(sight).page("checkout").tree
    boxes = page.all("input", type="checkbox", name="business")
    if len(boxes) != 1 or "checked" in boxes[0].attributes:
        yield Fault("An der Kasse fehlt das leere Kästchen, mit dem jemand erklärt, für einen Betrieb zu kaufen.")
    if wordings.FOR_A_BUSINESS not in page.text:
        yield Fault(f"An der Kasse fehlt der Satz „{wordings.FOR_A_BUSINESS}“.")
    if any(each["value"] for each in page.all("input", type="hidden", name="business")):
        yield Fault("Die Kasse macht Käuferinnen zu Betrieben, ohne dass sie es ankreuzen.")


def exports_are_proved(sight: Sight) -> Iterable[Fault]:
    """E17: sixty days after its dispatch an untaxed export should be proved."""
    for order in tax_proofs.unproved_exports(sight.session, sight.today):
        yield Fault(
            f"Für Bestellung {order.number} fehlt seit mehr als 60 Tagen der Ausfuhrnachweis; ohne ihn ist sie zu "
            "versteuern.",
            f"/backoffice/bestellungen/{order.id}#steuer",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        "D17", "§§ 13, 14 BGB", _CONSUMER_RIGHTS, ERROR,
        "Wer kauft, ist Verbraucherin, solange sie nicht selbst erklärt, für einen Betrieb zu kaufen.",
        "Ein leeres Kästchen an der Kasse; Erklärung und Zeit stehen bei der Bestellung.", businesses_have_declared,
    ),
    Rule(
        "E17", "§§ 4 Nr. 1 Buchst. a, 6 UStG; §§ 8 ff. UStDV", _EXPORTS, WARNING,
        "Eine Ausfuhr ist nur steuerfrei, wenn sie nachgewiesen ist.",
        "Der Nachweis wird bei der Bestellung notiert; nach 60 Tagen erinnert die Ampel daran.", exports_are_proved,
    ),
)  # fmt: skip
