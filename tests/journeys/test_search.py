"""Searching by keyboard, by thumb and by ear: the list of suggestions as a combobox, and the page of results."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import LiveShop
from tests.make import make_fabric

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]

LIST = """
- listbox "Vorschläge":
  - group "Suchwörter":
    - option "Jersey"
  - group /Artikel, Preise inkl\\. MwSt\\./:
    - option /Jersey Waldtiere 12,90.€ \\/ m/
  - group "Abteilungen":
    - option "Jersey in Stoffe"
"""
SLOW_LINE = """() => {
  window.questions = [];
  window.swift = window.fetch;
  window.fetch = (address, { signal }) => {
    questions.push(signal);
    console.log(address);
    return new Promise(() => {});
  };
}"""
RESULTS = """
- banner:
  - search:
    - combobox "Im Laden suchen": Jersey
    - button "Suchen"
- main:
  - status:
    - heading "1 Artikel zu „Jersey“" [level=1]
  - list "Passende Abteilungen":
    - listitem:
      - link "Stoffe › Jersey"
  - heading "Gefundene Artikel" [level=2]
  - list:
    - listitem:
      - article:
        - heading "Jersey Waldtiere" [level=3]
"""


def test_suggestions_are_a_combobox_for_keyboard_thumb_and_ear(visit: Visit) -> None:
    page = visit(width=360)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/vorschlaege" in request.url else None)
    wait_for_the_index(page)
    page.goto("/")
    field, listed = page.get_by_role("combobox", name="Im Laden suchen"), page.get_by_role("listbox", name="Vorschläge")
    field.focus()
    expect(listed).to_be_hidden()
    page.keyboard.type("jer")
    expect(page.get_by_role("search")).to_match_aria_snapshot(LIST)
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("3 Vorschläge")
    assert len(asked) == 1, "each letter asked the server"
    is_open_to_all(page, listed)
    page.keyboard.press("ArrowDown")
    expect(marked(page, field)).to_have_text("Jersey")
    page.keyboard.press("ArrowUp")
    expect(marked(page, field)).to_contain_text("in Stoffe")
    page.keyboard.press("Home")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(field).to_have_value("jer")
    page.keyboard.press("Alt+ArrowDown")
    expect(listed).to_be_visible()
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.evaluate(SLOW_LINE)
    with page.expect_console_message():
        page.keyboard.type("ko")
    page.keyboard.type("n")
    assert page.evaluate("questions[0].aborted"), "an overtaken question goes on"
    page.evaluate("() => { window.fetch = swift; }")
    page.keyboard.press("Escape")
    asked.clear()
    field.fill("")
    page.keyboard.type("j")
    page.wait_for_timeout(300)
    page.keyboard.type("er")
    expect(listed).to_be_visible()
    assert asked == [], "what was answered once was asked again, or a single letter was"
    page.keyboard.press("Tab")
    expect(listed).to_be_hidden()
    field.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/kategorie/jersey")
    field.fill("Jersey")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/suche?q=Jersey")
    expect(page.locator("body")).to_match_aria_snapshot(RESULTS)
    look(page)


def test_results_are_narrowed_down_without_script(live_shop: LiveShop, visit: Visit) -> None:
    with live_shop.database.writing() as session:
        make_fabric(session, "Jersey Herbstlaub", on_hand=0)
    page = visit(width=360, java_script=False)
    wait_for_the_index(page, 2)
    page.goto("/")
    field = page.get_by_role("searchbox", name="Im Laden suchen")
    assert float(field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)")) >= 16, "iOS would zoom"
    field.fill("jersey")
    page.get_by_role("button", name="Suchen").click()
    found = page.get_by_role("heading", level=1)
    expect(found).to_have_text("2 Artikel zu „jersey“")
    expect(page.get_by_role("heading", name="Zurzeit ausverkauft")).to_be_visible()
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("auf Lager").check()
    page.get_by_role("button", name="Artikel zeigen").click()
    expect(found).to_have_text("1 Artikel zu „jersey“")
    page.go_back()
    expect(found).to_have_text("2 Artikel zu „jersey“")
    expect(page.get_by_label("auf Lager")).not_to_be_checked()
    page.go_forward()
    page.get_by_role("link", name="Jersey Waldtiere").click()
    page.go_back()
    expect(found).to_have_text("1 Artikel zu „jersey“")
    with_script = visit(width=360)
    with_script.goto(page.url)
    with_script.locator("summary", has_text="Filter").click()
    look(with_script)
    page.get_by_role("link", name="auf Lager entfernen").click()
    expect(found).to_have_text("2 Artikel zu „jersey“")


def is_open_to_all(page: Page, listed: Locator) -> None:
    """Nobody is barred by the open list, nothing sticks out, and a thumb hits what it aims at."""
    look(page)
    heights = [box["height"] for each in listed.get_by_role("option").all() if (box := each.bounding_box())]
    assert len(heights) == 3
    assert min(heights) >= 44


def marked(page: Page, field: Locator) -> Locator:
    """The option that the field names as marked; the focus is still in the field."""
    expect(field).to_be_focused()
    option = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(option).to_have_attribute("aria-selected", "true")
    return option


def wait_for_the_index(page: Page, number: int = 1) -> None:
    """Open the page of results once so many goods can be found."""
    for _ in range(40):
        page.goto("/suche?q=jersey")
        if page.get_by_role("article").count() == number:
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail("nothing is found")


def look(page: Page) -> None:
    """Nothing that Axe minds, and nothing to push aside."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] != "minor"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
