"""The telephone rings: a fabric by the metre is ordered, laid ready, labelled and handed over on a small screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OWNER, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("java_script", [True, False])
def test_an_order_by_telephone_ends_in_a_labelled_bag(visit: Callable[..., Page], java_script: bool) -> None:
    page = visit(java_script=java_script, width=360)
    page.goto("/backoffice/telefonbestellung")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("button", name="Neue Telefonbestellung").click()
    page.get_by_label("Was möchte sie?").fill("petrol")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_label("Länge in m").fill("1,5")
    page.get_by_role("button", name="Dazulegen").click()
    page.get_by_role("link", name="Weiter: Wer bestellt?").click()
    page.get_by_label("Name").fill("Gerda Huber")
    page.get_by_label("Telefon").fill("033999 1234")
    page.get_by_label("Abholung im Laden").check()
    page.get_by_label("Bezahlung bei Abholung").check()
    expect(page.get_by_label("Straße und Hausnummer")).to_be_hidden()
    page.get_by_role("button", name="Weiter: vorlesen").click()
    expect(page.get_by_text("Zusammen")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Ja, Bestellung aufnehmen").click()
    page.get_by_label("Fach").fill("Fach 4")
    page.get_by_role("button", name="Liegt bereit").click()
    expect(page.get_by_text("Bitte anrufen:")).to_be_visible()
    page.get_by_role("link", name="Etikett drucken").click()
    expect(page.locator(".label")).to_contain_text("Gerda Huber")
    expect(page.locator(".label")).to_contain_text("Fach 4")
