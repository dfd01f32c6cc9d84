"""Nobody is barred and nobody is watched: WCAG 2.2 AA at 400 %, and what a fresh browser is made to keep."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlmodel import select

from shop.law.privacy import COOKIES
from shop.newsletter.issues import NewsletterTerms
from shop.newsletter.subscriptions import Subscription
from tests.journeys.conftest import OWNER, PASSWORD, LiveShop
from tests.journeys.test_buying import fill_the_cart

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]

SHOP = ("/", "/kategorie/stoffe", "/artikel/jersey-waldtiere", "/newsletter", "/warenkorb", "/kasse", "/widerruf",
        "/datenschutz", "/impressum")  # fmt: skip
BACKOFFICE = ("", "bestellungen", "ampel", "widerrufe", "datenschutz", "datenschutz/person", "datenschutz/archiv",
              "datenschutz/empfaenger/host", "datenschutz/papier/datenpanne", "newsletter", "newsletter/neu",
              "einrichten")  # fmt: skip
# 320 px are 1280 px at 400 %: nothing may need scrolling in two directions (1.4.10).
NARROW = 320
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
         "rules": {"target-size": {"enabled": True}}}  # fmt: skip
# Of what has the focus, is any corner or the middle in the open (2.4.11), not behind something that floats?
UNCOVERED = """() => {
  const it = document.activeElement, box = (it.labels && it.labels[0] || it).getBoundingClientRect();
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
  return points.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    const labels = [...(it.labels || [])];
    return top && (it.contains(top) || top.contains(it) || labels.some(each => each.contains(top)));
  });
}"""


def test_a11_pages_of_the_shop_bar_nobody_at_four_hundred_percent(live_shop: LiveShop, visit: Visit) -> None:
    _switch_newsletter_on(live_shop)
    page = visit(width=NARROW)
    helped: set[str] = set()
    for address in SHOP:
        page.goto(address) if address != "/warenkorb" else fill_the_cart(page)
        _look(page, address)
        helped.add(page.locator("footer address").inner_text())
    assert len(helped) == 1, "the same help stands at the same place of every page (3.2.6)"
    assert "033 100" in helped.pop()
    for address in ("/artikel/jersey-waldtiere", "/kategorie/stoffe"):
        page.goto(address)
        for step in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate(UNCOVERED), f"{address}: what has the focus after {step + 1} steps is covered"


def test_a11_pages_of_the_backoffice_bar_nobody(live_shop: LiveShop, visit: Visit) -> None:
    page = visit(width=NARROW)
    page.set_viewport_size({"width": NARROW, "height": 3000})  # the bar that floats below covers no target
    page.goto("/backoffice/")
    assert page.get_by_label("Passwort").get_attribute("autocomplete") == "current-password", "no memory test (3.3.8)"
    page.get_by_label("Name").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    for address in BACKOFFICE:
        page.goto(f"/backoffice/{address}", timeout=120_000)  # the Ampel walks through a whole shop first
        _look(page, address)


def test_f01_f02_a_fresh_browser_keeps_nothing_and_asks_nobody_else(live_shop: LiveShop, visit: Visit) -> None:
    page = visit(width=1280)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2] if "://" in request.url else "data"))
    for address in (*SHOP[:3], "/suche?q=jersey", "/suche?q=nirgends", "/agb", "/versand", *SHOP[6:9]):
        page.goto(address)
        assert page.context.cookies() == [], f"{address} sets a cookie without need"
    fill_the_cart(page)
    page.goto("/kasse")
    assert {cookie["name"] for cookie in page.context.cookies()} <= COOKIES
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    assert asked <= {live_shop.url.split("/")[2], "data"}
    _read_newsletter(live_shop, visit(java_script=False))


def _read_newsletter(live_shop: LiveShop, page: Page) -> None:
    """A newsletter is ordered, confirmed and ended, without a script and without a cookie."""
    _switch_newsletter_on(live_shop)
    page.goto("/newsletter")
    page.get_by_label("E-Mail-Adresse").fill("leserin@example.org")
    page.get_by_label("Ja, ich möchte den Newsletter").check()
    page.get_by_role("button", name="Newsletter bestellen").click()
    assert page.get_by_text("Fast fertig").is_visible()
    with live_shop.database.reading() as session:
        token = session.exec(select(Subscription.token)).one()
    page.goto(f"/newsletter/bestaetigen/{token}")
    page.get_by_role("button", name="Ja, Newsletter bestellen").click()
    assert page.get_by_role("heading", name="Vielen Dank").is_visible()
    page.goto(f"/newsletter/abmelden/{token}")
    page.get_by_role("button", name="Newsletter abbestellen").click()
    assert page.get_by_text("Sie bekommen keinen Newsletter mehr").is_visible()
    assert page.context.cookies() == []


def _switch_newsletter_on(live_shop: LiveShop) -> None:
    with live_shop.database.writing() as session:
        session.merge(NewsletterTerms(id=1, is_on=True))


def _look(page: Page, where: str) -> None:
    """Nothing serious or critical, targets of 24 px, and nothing to push aside."""
    found = Axe().run(page, options=RULES).response["violations"]
    serious = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found
               if each["impact"] in ("serious", "critical")]  # fmt: skip
    assert serious == [], where
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, where
