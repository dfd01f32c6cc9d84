"""What holds for every page and every template: the duties of the footer, and the strict security policy."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop import themes
from shop.app import create_shop
from shop.settings import Settings
from tests.make import NOW

THEMES = Path(__file__).parents[3] / "themes"
TEMPLATES = sorted(file for folder in ("pages", "parts") for file in THEMES.glob(f"*/{folder}/**/*.html"))
TEMPLATES += sorted(THEMES.glob("*/layout.html"))
STYLES = sorted(THEMES.glob("*/static/css/*.css"))
FOOTER = {
    "/impressum": "Impressum",
    "/datenschutz": "Datenschutz",
    "/agb": "AGB",
    "/widerrufsbelehrung": "Widerrufsbelehrung",
    "/versand": "Versand & Zahlung",
    "/widerruf": "Vertrag widerrufen",
}


class Links(HTMLParser):
    """The links of a page as (address, words), those inside <details> left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.is_open = False
        self.folded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.folded += tag == "details"
        self.is_open = tag == "a" and not self.folded
        if self.is_open:
            self.found.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self.folded -= tag == "details"
        self.is_open = self.is_open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.is_open:
            address, words = self.found[-1]
            self.found[-1] = (address, words + data)


@pytest.mark.parametrize("address", ["/", "/suche?q=x", "/gibt-es-nicht", "/warenkorb", "/kategorie/nix"])
def test_footer_leads_to_all_duties_from_everywhere(client: FlaskClient, address: str) -> None:
    links = Links()
    links.feed(client.get(address).text)
    assert set(FOOTER.items()) <= set(links.found)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(THEMES)))
def test_template_keeps_the_security_policy(template: Path) -> None:
    html = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", html), "the policy forbids style attributes"
    assert not re.search(r"<style\b", html)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", html), "the policy forbids handlers in attributes"
    for script in re.findall(r"<script\b[^>]*>", html):
        assert "src=" in script or 'type="application/ld+json"' in script, f"inline script: {script}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(THEMES)))
def test_template_asks_nothing_of_other_hosts(template: Path) -> None:
    html = template.read_text(encoding="utf-8")
    assert not re.findall(
        r"<(?:script|img|link|source|iframe|form)\b[^>]*(?:src|href|srcset|action)=\"(?:https?:)?//", html
    )
    assert not re.search(r"\|\s*safe\b", html), "nothing is let through unescaped"


@pytest.mark.parametrize("style", STYLES, ids=lambda file: str(file.relative_to(THEMES)))
def test_style_asks_nothing_of_other_hosts(style: Path) -> None:
    assert "//" not in re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_pages_carry_the_policy(client: FlaskClient) -> None:
    assert "script-src 'self'" in client.get("/").headers["Content-Security-Policy"]


def test_theme_files_may_be_kept_for_ever(client: FlaskClient) -> None:
    found = re.findall(r'href="(/theme/[^"]+\.css)"', client.get("/").text)
    assert len(found) > 5
    for address in found:
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_nothing_outside_of_a_theme_is_served(client: FlaskClient) -> None:
    assert client.get("/theme/x/../../theme.toml").status_code == 404
    assert client.get("/theme/x/%2e%2e/theme.toml").status_code == 404


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["default", "schnuckidu"])
def test_writing_stands_out_from_every_surface(theme: str) -> None:
    tokens: dict[str, str] = {}
    for file in (THEMES / "default/static/css/tokens.css", THEMES / theme / "static/css/theme.css"):
        tokens |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", file.read_text(encoding="utf-8")))
    for surface in ("paper", "linen", "card", "accent-soft"):
        for writing in ("ink", "ink-soft", "accent-ink", "problem"):
            assert contrast(tokens[writing], tokens[surface]) >= 4.5, (writing, surface)
    assert contrast(tokens["on-accent"], tokens["accent"]) >= 4.5
    assert contrast(tokens["on-accent"], tokens["accent-strong"]) >= 4.5


def test_pages_are_shown_where_no_template_can_be_kept(settings: Settings) -> None:
    (settings.data / "cache").unlink()
    (settings.data / "cache").write_text("no folder: whatever is written below it fails, as on a full disk")
    app = create_shop(settings, clock=lambda: NOW)
    assert app.test_client().get("/").status_code == 200
    app.extensions["dorfladen"].database.close()


def test_compiled_templates_are_kept_on_disk(shop_app: Flask, client: FlaskClient) -> None:
    client.get("/")
    kept = shop_app.jinja_env.bytecode_cache
    assert isinstance(kept, themes.TemplateCache)
    assert list((shop_app.extensions["dorfladen"].settings.data / "cache").glob("*.cache"))
