"""A newcomer sets up her shop with the assistant, on a phone and without JavaScript: nothing is lost on the way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from shop import profile
from shop.pages import PageVersion
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]


def test_a_newcomer_answers_goes_back_pauses_and_ends_with_her_texts(visit: Visit, live_shop: LiveShop) -> None:
    page = visit(java_script=False)
    page.goto("/backoffice/")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("link", name="Das Recht hat neue Fragen").click()

    expect(page.get_by_text("Schritt 1 von 8")).to_be_visible()
    expect(page.get_by_label("Registernummer")).to_be_hidden()
    page.get_by_label("Rechtsform").select_option("UG (haftungsbeschränkt)")
    expect(page.get_by_label("Registernummer")).to_be_visible()
    page.get_by_label("Wer das Unternehmen vertritt").fill("Petra Probe")
    page.get_by_label("Registergericht").fill("Amtsgericht Neuruppin")
    page.get_by_label("Registernummer").fill("HRB 1234")
    page.get_by_role("button", name="Weiter", exact=True).click()

    page.get_by_label("Ort", exact=True).fill("Neu-Musterow")
    page.get_by_role("button", name="Zurück").click()
    expect(page.get_by_label("Registernummer")).to_have_value("HRB 1234")
    page.get_by_role("button", name="Weiter", exact=True).click()
    expect(page.get_by_label("Ort", exact=True)).to_have_value("Neu-Musterow")
    page.get_by_label("Bundesland").select_option("Brandenburg")
    page.get_by_role("button", name="Später weitermachen").click()
    page.get_by_role("link", name="Das Recht hat neue Fragen").or_(
        page.get_by_role("link", name="Weitermachen")
    ).click()
    expect(page.get_by_label("Ort", exact=True)).to_have_value("Neu-Musterow")
    page.get_by_role("button", name="Weiter", exact=True).click()

    page.get_by_label("Ich weise Umsatzsteuer aus").check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Wie viele Menschen").fill("12")
    page.get_by_label("höchstens 2 Millionen Euro").check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Ich verschicke auch in Teilen").check()
    page.get_by_label("LUCID-Nummer").fill("DE1234567890123")
    page.get_by_label("Duales System").fill("Der Grüne Punkt")
    page.get_by_label("Schweiz").check()
    expect(page.get_by_text("Wenn Sie in die Schweiz liefern")).to_be_visible()
    page.get_by_label("Schweiz").uncheck()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Die Kundin", exact=True).check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Wer das für Sie macht").first.fill("Netzdorf GmbH, Berlin")
    page.get_by_label("Oder: Warum Sie keinen brauchen").last.fill("Die Sicherungen heben wir selbst auf.")
    page.get_by_role("button", name="Rechtstexte schreiben").click()

    expect(page.get_by_role("heading", name="Ihre Rechtstexte sind geschrieben")).to_be_visible()
    expect(page.get_by_role("heading", name="Was eine Anwältin noch ansehen sollte")).to_be_visible()
    page.goto("/impressum")
    expect(page.get_by_role("main")).to_contain_text("Amtsgericht Neuruppin, HRB 1234")
    expect(page.get_by_role("main")).to_contain_text("16835 Neu-Musterow")
    page.get_by_role("link", name="Barrierefreiheit", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Marktüberwachungsstelle")
    with live_shop.database.reading() as session:
        assert profile.load(session).staff == 12
        slugs = set(session.exec(select(PageVersion.slug)).all())
    assert {"impressum", "datenschutz", "agb", "widerrufsbelehrung", "barrierefreiheit"} <= slugs
