"""The legal texts; the canonical instruction is written out here once more, as a second pair of eyes."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.search import misses
from checkout import rates, wordings
from checkout.orders import State
from checkout.payments.transfer import Transfer
from checkout.pickup import PickupTerms
from checkout.shipping import ShippingMethod, ShippingRate, ShippingSurcharge
from shop import legal, pages, shipping_terms
from shop.formats import plain
from shop.profile import Profile
from shop.settings import Settings
from tests.make import NOW

# Anlage 1 to Art. 246a § 1 Abs. 2 S. 2 EGBGB for goods in one delivery, as of 19 June 2026.
CANONICAL = """\
Widerrufsrecht

Sie haben das Recht, binnen vierzehn Tagen ohne Angabe von Gründen diesen Vertrag zu widerrufen.

Die Widerrufsfrist beträgt vierzehn Tage ab dem Tag, an dem Sie oder ein von Ihnen benannter Dritter, der nicht der Beförderer ist, die Waren in Besitz genommen haben bzw. hat.

Um Ihr Widerrufsrecht auszuüben, müssen Sie uns (Nähladen Probe, Petra Probe, Dorfstraße 1, 16835 Musterow, Telefon: 033 100, E-Mail: laden@probe.example) mittels einer eindeutigen Erklärung (z. B. ein mit der Post versandter Brief oder eine E-Mail) über Ihren Entschluss, diesen Vertrag zu widerrufen, informieren. Sie können dafür das beigefügte Muster-Widerrufsformular verwenden, das jedoch nicht vorgeschrieben ist.

Sie können Ihr Widerrufsrecht auch online unter https://laden.example/widerruf ausüben. Wenn Sie diese Online-Funktion nutzen, übermitteln wir Ihnen auf einem dauerhaften Datenträger (z. B. durch eine E-Mail) unverzüglich eine Eingangsbestätigung mit Informationen zum Inhalt der Widerrufserklärung sowie dem Datum und der Uhrzeit ihres Eingangs.

Zur Wahrung der Widerrufsfrist reicht es aus, dass Sie die Mitteilung über die Ausübung des Widerrufsrechts vor Ablauf der Widerrufsfrist absenden.

Folgen des Widerrufs

Wenn Sie diesen Vertrag widerrufen, haben wir Ihnen alle Zahlungen, die wir von Ihnen erhalten haben, einschließlich der Lieferkosten (mit Ausnahme der zusätzlichen Kosten, die sich daraus ergeben, dass Sie eine andere Art der Lieferung als die von uns angebotene, günstigste Standardlieferung gewählt haben), unverzüglich und spätestens binnen vierzehn Tagen ab dem Tag zurückzuzahlen, an dem die Mitteilung über Ihren Widerruf dieses Vertrags bei uns eingegangen ist. Für diese Rückzahlung verwenden wir dasselbe Zahlungsmittel, das Sie bei der ursprünglichen Transaktion eingesetzt haben, es sei denn, mit Ihnen wurde ausdrücklich etwas anderes vereinbart; in keinem Fall werden Ihnen wegen dieser Rückzahlung Entgelte berechnet.

Wir können die Rückzahlung verweigern, bis wir die Waren wieder zurückerhalten haben oder bis Sie den Nachweis erbracht haben, dass Sie die Waren zurückgesandt haben, je nachdem, welches der frühere Zeitpunkt ist.

Sie haben die Waren unverzüglich und in jedem Fall spätestens binnen vierzehn Tagen ab dem Tag, an dem Sie uns über den Widerruf dieses Vertrags unterrichten, an uns zurückzusenden oder zu übergeben. Die Frist ist gewahrt, wenn Sie die Waren vor Ablauf der Frist von vierzehn Tagen absenden.

{return_costs}

Sie müssen für einen etwaigen Wertverlust der Waren nur aufkommen, wenn dieser Wertverlust auf einen zur Prüfung der Beschaffenheit, Eigenschaften und Funktionsweise der Waren nicht notwendigen Umgang mit ihnen zurückzuführen ist.

Muster-Widerrufsformular

(Wenn Sie den Vertrag widerrufen wollen, dann füllen Sie bitte dieses Formular aus und senden Sie es zurück.)

- An Nähladen Probe, Petra Probe, Dorfstraße 1, 16835 Musterow, laden@probe.example:
- Hiermit widerrufe(n) ich/wir (*) den von mir/uns (*) abgeschlossenen Vertrag über den Kauf der folgenden Waren (*)/die Erbringung der folgenden Dienstleistung (*)
- Bestellt am (*)/erhalten am (*)
- Name des/der Verbraucher(s)
- Anschrift des/der Verbraucher(s)
- Unterschrift des/der Verbraucher(s) (nur bei Mitteilung auf Papier)
- Datum

(*) Unzutreffendes streichen."""  # noqa: E501

STALE = re.compile(
    r"§ 5 TMG|Telemediengesetz|TTDSG|RStV|consumers/odr|OS-Plattform|Online-Streitbeilegung|Telefax|Rücktrittsrecht"
    r"|in der Regel|voraussichtlich|Gutschrift|elektronisch ausfüllen|\[|\]|XX"
)
SHOP: dict[str, Any] = {
    "shop_name": "Nähladen Probe", "owner_name": "Petra Probe", "street": "Dorfstraße 1", "postal_code": "16835",
    "city": "Musterow", "email": "laden@probe.example", "phone": "033 100", "iban": "DE89370400440532013000",
}  # fmt: skip


class Card:
    """A way to pay that is set up."""

    key, label, hint, first_state = "stripe", "Karte", "Auf der nächsten Seite.", State.AWAITING_PAYMENT

    def missing(self) -> str:
        return ""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, database_url="sqlite://", url="https://laden.example", secret_key="x" * 40)


@pytest.mark.parametrize(
    ("by", "sentence"),
    [("shop", "Wir tragen die Kosten der Rücksendung der Waren."),
     ("customer", "Sie tragen die unmittelbaren Kosten der Rücksendung der Waren.")],
)  # fmt: skip
def test_the_instruction_is_the_canonical_text(session: Session, settings: Settings, by: str, sentence: str) -> None:
    owner = Profile(**SHOP, return_costs_by=by)
    written = plain(legal.write(session, "widerrufsbelehrung", owner, settings, {}))
    assert written == CANONICAL.format(return_costs=sentence)


@pytest.mark.parametrize(
    ("delivers_in", "words"),
    [("goods", "die letzte Ware in Besitz"), ("parts", "die letzte Teilsendung oder das letzte Stück in Besitz")],
)
def test_the_instruction_tells_of_the_last_parcel(
    session: Session, settings: Settings, delivers_in: str, words: str
) -> None:
    owner = Profile(**SHOP, return_costs_by="shop", delivers_in=delivers_in)
    written = plain(legal.write(session, "widerrufsbelehrung", owner, settings, {}))
    expected = CANONICAL.replace("die Waren in Besitz", words)
    assert written == expected.format(return_costs=wordings.RETURN_COSTS["shop"])


@pytest.mark.parametrize("is_small_business", [False, True])
@pytest.mark.parametrize("slug", legal.TITLES)
def test_no_text_is_stale_or_unfinished(
    session: Session, settings: Settings, slug: str, is_small_business: bool
) -> None:
    owner = Profile(**SHOP, return_costs_by="shop", is_small_business=is_small_business)
    text = plain(legal.write(session, slug, owner, settings, {"stripe": Card()}))  # type: ignore[dict-item]
    assert not STALE.search(text)
    assert not (is_small_business and re.search("MwSt|Mehrwertsteuer", text))


def test_the_privacy_notice_names_only_what_is_switched_on(session: Session, settings: Settings) -> None:
    owner = Profile(**SHOP, return_costs_by="shop")
    without = legal.write(session, "datenschutz", owner, settings, {})
    assert f"löschen sie {misses.KEPT_FOR.days} Tage nach der letzten Suche" in without
    assert "Stripe" not in without
    assert "Mailserver" not in without
    with_both = legal.write(
        session, "datenschutz", owner, replace(settings, smtp_url="smtps://post.example"), {"stripe": Card()}  # type: ignore[dict-item]
    )  # fmt: skip
    assert "Stripe Payments Europe" in with_both
    assert "post.example" in with_both


def test_the_terms_tell_of_gift_vouchers_where_they_are_sold(session: Session, settings: Settings) -> None:
    assert "gutschein" not in legal.write(session, "agb", Profile(**SHOP), settings, {}).casefold()
    text = plain(legal.write(session, "agb", Profile(**SHOP, sells_gifts=True), settings, {}))
    for told in ("Mehrzweck-Gutschein", "bis zum Ende des dritten Jahres nach dem Jahr", "in Teilen einlösen",
                 "es sei denn, Sie widerrufen seinen Kauf"):  # fmt: skip
        assert told in text


def test_a_changed_account_shows_at_once(session: Session, settings: Settings) -> None:
    transfer = Transfer(lambda: Profile().account)  # as the database still has it
    text = legal.write(session, "agb", Profile(**SHOP), settings, {"transfer": transfer})
    assert "innerhalb von 7 Tagen" in text


def test_texts_get_a_new_version_only_when_they_change(session: Session, settings: Settings) -> None:
    owner = Profile(**SHOP, return_costs_by="shop")
    assert legal.versions(session) is None
    legal.refresh(session, owner, settings, {}, now=NOW, author="test")
    first = legal.versions(session)
    legal.refresh(session, owner, settings, {}, now=NOW, author="test")
    assert legal.versions(session) == first
    owner.return_costs_by = "customer"
    legal.refresh(session, owner, settings, {}, now=NOW, author="test")
    second = legal.versions(session)
    assert first is not None
    assert second is not None
    assert second.withdrawal > first.withdrawal
    assert (second.terms, second.privacy) == (first.terms, first.privacy)
    kept = pages.version(session, first.withdrawal)
    assert kept is not None
    assert wordings.RETURN_COSTS["shop"] in kept.body


def test_what_the_owner_must_still_tell_is_named() -> None:
    assert legal.missing(Profile(**SHOP, return_costs_by="shop")) == []
    assert len(legal.missing(Profile())) == 5
    assert "Postfach" in legal.missing(Profile(**SHOP | {"street": "Postfach 12"}, return_costs_by="shop"))[0]
    assert "neun Ziffern" in legal.missing(Profile(**SHOP, return_costs_by="shop", vat_id="DE12"))[0]


def test_the_imprint_names_either_number(session: Session, settings: Settings) -> None:
    for number, name in (("DE123456789", "Umsatzsteuer-Identifikationsnummer"),
                         ("DE123456789-00001", "Wirtschafts-Identifikationsnummer")):  # fmt: skip
        owner = Profile(**SHOP, return_costs_by="shop", vat_id=number)
        assert legal.missing(owner) == []
        text = legal.write(session, "impressum", owner, settings, {})
        assert name in text
        assert number in text


def test_the_imprint_of_a_company_says_who_acts_for_it_and_where_it_is_entered(
    session: Session, settings: Settings
) -> None:
    company: dict[str, Any] = {"legal_form": "ug", "representatives": "Petra Probe", "register_number": "HRB 99",
                               "register_court": "Amtsgericht Neuruppin", "is_in_liquidation": True}  # fmt: skip
    text = plain(legal.write(session, "impressum", Profile(**SHOP, **company), settings, {}))
    for told in ("Geschäftsführung Petra Probe", "Handelsregister Amtsgericht Neuruppin, HRB 99", "in Liquidation"):
        assert told in " ".join(text.split())
    alone = plain(
        legal.write(session, "impressum", Profile(**SHOP, **company | {"legal_form": "person"}), settings, {})
    )
    assert "HRB" not in alone


def test_the_page_on_accessibility_is_there_unless_the_shop_is_a_micro_enterprise() -> None:
    assert "barrierefreiheit" in legal.slugs(Profile())
    assert "barrierefreiheit" in legal.slugs(Profile(staff=9, turnover="over_2m"))
    assert "barrierefreiheit" in legal.slugs(Profile(staff=10, turnover="to_2m"))
    assert "barrierefreiheit" not in legal.slugs(Profile(staff=9, turnover="to_2m"))


def test_countries_have_their_preposition(session: Session, settings: Settings) -> None:
    session.add(ShippingRate(name="Paket", country="CH NL PL", max_weight_g=500, price_cents=900))
    session.flush()
    owner = Profile(**SHOP, delivery_countries="CH NL PL")
    text = legal.write(session, "versand", owner, settings, {})
    assert re.findall(r"^## Versand (.*)$", text, re.MULTILINE) == [
        "in die Schweiz",
        "in die Niederlande",
        "nach Polen",
    ]
    lacking = shipping_terms.gaps(rates.load(session), ["CH", "AT"], legal.country_name)
    assert lacking[0].startswith("In die Schweiz kann kein Paket")
    assert lacking[1].startswith("Sie liefern nach Österreich, aber")


def test_paragraphs_stay_apart_where_a_condition_ends_one(session: Session, settings: Settings) -> None:
    session.merge(PickupTerms(land="BB"))
    session.flush()
    privacy = legal.write(session, "datenschutz", Profile(**SHOP), settings, {})
    for begin in ("Bestellungen und Schriftwechsel", "Automatisierte Entscheidungen"):
        assert f"\n\n{begin}" in privacy
    assert "lda.brandenburg.de" in privacy


def test_a_name_with_signs_of_markdown_stands_as_it_is(session: Session, settings: Settings) -> None:
    owner = Profile(**SHOP | {"shop_name": "Stoff*Laden* [neu] <b>"}, return_costs_by="shop")
    body = legal.write(session, "impressum", owner, settings, {})
    assert "Stoff*Laden* [neu] <b>" in plain(body)
    assert r"Stoff\*Laden\*" in body


def test_the_page_on_shipping_tells_every_tier_limit_and_surcharge(session: Session, settings: Settings) -> None:
    session.add_all([
        ShippingMethod(name="Warensendung", kind="letter", packing_g=20, packing_mm=2, insured_cents=5_000,
                       note="Ohne Sendungsnummer."),
        ShippingRate(name="Warensendung", country="DE", max_weight_g=1_000, max_thickness_mm=50, price_cents=270),
        ShippingRate(name="Paket", country="DE AT", max_weight_g=31_500, price_cents=619, free_from_cents=7_500,
                     position=1),
        ShippingRate(name="Botin", country="DE", min_goods_cents=2_000, max_goods_cents=9_000, price_cents=0,
                     position=2),
        ShippingSurcharge(label="Inselzuschlag", country="DE", codes="18565, 25980–25999", cents=300),
        ShippingSurcharge(label="Büsingen", country="DE", codes="78266"),
        ShippingSurcharge(label="Kleinwalsertal", country="AT", codes="6991–6993", cents=250, method="Paket"),
        ShippingSurcharge(label="Bergzuschlag", country="CH", codes="3920", cents=900),
    ])  # fmt: skip
    session.flush()
    owner = Profile(**SHOP, return_costs_by="shop", delivery_countries="DE AT")
    text = legal.write(session, "versand", owner, settings, {}).replace("\u00a0", " ")
    for line in (
        "| Warensendung | bis 1 kg, bis 5 cm dick | 2,70 € |",
        "| Paket | bis 31,5 kg | 6,19 €, ab 75,00 € Warenwert kostenlos |",
        "| Botin | ab 20,00 € Warenwert, bis 90,00 € Warenwert | 0,00 € |",
        "- Warensendung: Für die Verpackung zählen 20 g und 2 mm mit. Nur bis 50,00 € Warenwert versichert; "
        "was mehr wert ist, schicken wir anders. Ohne Sendungsnummer.",
        "- Inselzuschlag (Postleitzahlen 18565, 25980–25999): 3,00 € je Sendung zusätzlich, außer bei Briefen.",
        "- Büsingen (Postleitzahl 78266): Dorthin schicken wir keine Pakete.",
        "- Kleinwalsertal (Postleitzahlen 6991–6993): 2,50 € je Sendung zusätzlich bei „Paket“.",
        "Ein Zuschlag fällt auch an, wenn der Versand sonst kostenlos ist.",
        "Gewicht und Dicke gelten mit Verpackung.",
    ):
        assert line in text
    austria = text[text.index("## Versand nach Österreich") :]
    assert "| Paket |" in austria
    assert "Warensendung" not in austria
    assert "Bergzuschlag" not in text
    assert not STALE.search(plain(text))
