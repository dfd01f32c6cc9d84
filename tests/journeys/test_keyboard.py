"""Buying and withdrawing with nothing but a keyboard; the focus is always seen, and nobody is barred."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from checkout.orders import State
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop
from tests.journeys.test_buying import state_of_the_order

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]

# What has the focus: its words, whether it is drawn around, and whether it is in sight.
FOCUSED = """() => {
  const focused = document.activeElement, label = focused.labels && focused.labels[0];
  const drawn = [focused, label].filter(Boolean).map(each => getComputedStyle(each));
  const box = focused.getBoundingClientRect();
  return {
    words: `${label ? label.innerText : ""} ${focused.innerText || ""} ${focused.value || ""}`.trim(),
    name: focused.name || "",
    shown: drawn.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    inSight: box.bottom > 0 && box.top < innerHeight,
  };
}"""
BACKOFFICE = (
    "",
    "artikel",
    "artikel/neu",
    "bestellungen?zeige=alle",
    "laden",
    "mehr",
    "einlesen",
    "einlesen/gemerkt",
    "ausgeben",
    "hilfe/erste-schritte",
    "hilfe/import",
    "hilfe/import-shops",
    "hilfe/import-rechner",
    "hilfe/export",
)


def test_an_order_is_placed_and_withdrawn_by_keyboard_alone(live_shop: LiveShop, visit: Visit) -> None:
    page = visit(width=360)
    page.goto("/")
    page.keyboard.press("Tab")
    assert "Zum Inhalt springen" in focused(page)["words"]
    type_into(page, "Im Laden suchen", "Jersey")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suche*")
    press(page, "Jersey Waldtiere", "Enter")
    page.wait_for_url("**/artikel/**")
    go_to(page, "Senf", "Petrol")
    if "Petrol" not in focused(page)["words"]:
        page.keyboard.press("ArrowUp")
    type_into(page, "Länge", "1,5")
    press(page, "In den Warenkorb", "Enter")
    page.wait_for_url("**/warenkorb*")
    press(page, "Zur Kasse", "Space")
    page.wait_for_url("**/kasse*")
    for field, typed in (("Vor- und Nachname", "Karla Käufer"), ("E-Mail-Adresse", "kundin@example.org")):
        type_into(page, field, typed)
    press(page, "Paket", "Space")
    for field, typed in (("Straße und Hausnummer", "Lindenweg 3"), ("Postleitzahl", "10115"), ("Ort *", "Berlin")):
        type_into(page, field, typed)
    choose(page, "payment", "transfer")
    press(page, "Weiter zur Übersicht", "Enter")
    page.wait_for_url("**/kasse/pruefen")
    look(page, "Bestellung prüfen")
    press(page, "zahlungspflichtig bestellen", "Enter")
    page.wait_for_url("**/bestellung/**")
    assert state_of_the_order(live_shop) == State.AWAITING_PAYMENT
    look(page, "Bestellung")

    press(page, "Vertrag widerrufen", "Enter")
    page.wait_for_url("**/widerruf*")
    look(page, "Widerruf")
    press(page, "Weiter", "Enter")
    page.wait_for_url("**/widerruf")
    press(page, "Widerruf bestätigen", "Space")
    page.wait_for_url("**/widerruf/eingang/**")
    expect(page.get_by_role("heading", name="Ihr Widerruf ist eingegangen")).to_be_visible()
    look(page, "Eingang")


def test_legal_and_error_pages_bar_nobody(visit: Visit) -> None:
    page = visit(width=360)
    for address in ("/impressum", "/datenschutz", "/agb", "/widerrufsbelehrung", "/versand", "/suche?q=jersey"):
        page.goto(address)
        look(page, address)


def test_the_backoffice_bars_nobody(visit: Visit) -> None:
    page = visit(width=360)
    page.goto("/backoffice/")
    look(page, "Anmelden")
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    for address in BACKOFFICE:
        page.goto(f"/backoffice/{address}")
        look(page, address)


def go_to(page: Page, *words: str) -> None:
    """Press Tab until something with one of these words has the focus; it must be seen at every step."""
    passed: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        at = focused(page)
        assert at["shown"], f"no focus is seen on: {at}"
        assert at["inSight"], f"out of sight: {at}"
        if any(word in at["words"] for word in words):
            return
        passed.append(at["words"].replace("\n", " ")[:40])
    pytest.fail(f"the keyboard does not reach {words}; it passed {passed}")


def press(page: Page, words: str, key: str) -> None:
    """Go to something and press it."""
    go_to(page, words)
    page.keyboard.press(key)


def type_into(page: Page, words: str, typed: str) -> None:
    """Go to a field and write into it, over what stands there."""
    go_to(page, words)
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)


def choose(page: Page, name: str, value: str) -> None:
    """Go to a group of radio buttons and choose one with the arrows."""
    chosen = page.locator(f"input[name={name}][value={value}]")
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page)["name"] == name:
            break
    page.keyboard.press("Space")
    for _ in range(6):
        if chosen.is_checked():
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{value} cannot be chosen")


def focused(page: Page) -> dict[str, str]:
    """What has the focus."""
    at: dict[str, str] = page.evaluate(FOCUSED)
    return at


def look(page: Page, where: str) -> None:
    """Nothing serious or critical, and nothing to push aside."""
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == [], where
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, where
