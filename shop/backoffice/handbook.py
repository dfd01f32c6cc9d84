"""The handbook: a short page per job, beside the work that it explains."""

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for

from shop.backoffice import law_table

blueprint = Blueprint("handbook", __name__, url_prefix="/hilfe")

FOLDER = Path(__file__).parent / "help"
# The order in which a newcomer reads; a file that is not named here comes last.
ORDER = (
    "erste-schritte", "einrichten", "artikel", "farben", "meterware", "bilder", "preise", "warenarten", "suche",
    "hersteller", "bestand", "inventur", "reststuecke", "muster", "versand", "bestellungen", "rechnungen",
    "online-zahlung", "ueberweisung", "abholung", "gutscheine", "import", "import-shops", "import-rechner", "export",
    "post", "buchhaltung", "eu-verkaeufe", "widerruf", "ampel", "gesetz", "rechtliches", "rueckruf", "gewaehrleistung",
    "datenschutz", "newsletter", "einstellungen", "sicherung",
)  # fmt: skip


@blueprint.get("")
def index() -> Any:
    """The first page, with the list of all."""
    return redirect(url_for(".page", name=ORDER[0]), 303)


@blueprint.get("/<name>")
def page(name: str) -> Any:
    """One page of the handbook."""
    titles = contents()
    if name not in titles:
        abort(404)
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").replace("{regeln}", law_table.markdown())
    return render_template("backoffice/help.html", name=name, titles=titles, text=text)


def contents() -> dict[str, str]:
    """The pages in reading order, by name, with their titles."""
    names = {file.stem for file in FOLDER.glob("*.md")}
    ordered = [*(name for name in ORDER if name in names), *sorted(names - set(ORDER))]
    return {name: _title(name) for name in ordered}


def _title(name: str) -> str:
    heading = re.match(r"#\s+(.+)", (FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    assert heading is not None, f"{name}.md begins with its title"
    return heading[1]
