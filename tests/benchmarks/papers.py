"""Papers, beside a bare page of fpdf2 in the same fonts: CPU milliseconds (the least of several), and kB.

`fpdf2 import ms` is what the first paper of a process pays once, in a process of its own.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from checkout.documents import Document
from checkout.orders import Order
from shop import themes
from shop.einvoice import cii
from shop.papers import delivery, invoice, look, text
from shop.profile import Profile
from tests.checkout.documenting import make_document
from tests.make import NOW

ROUNDS = 15
_ROOT = Path(__file__).parents[2]
_IMPORT = "import time; a = time.process_time(); import fpdf; print((time.process_time() - a) * 1000)"


def measure() -> dict[str, float]:
    """Milliseconds and kB by paper; "bare page" is the floor of the same run."""
    folders = themes.chain(_ROOT / "themes", "schnuckidu")
    owner = Profile(shop_name="Schnuckidu", claim="Stoffe und Knöpfe", street="Markt 4", city="Lindow")
    terms = (_ROOT / "shop" / "legal_texts" / "agb.md").read_text(encoding="utf-8")
    packed = [
        delivery.Packed("2 Stücke à 1,50 m", "2 Stück à 1,50 m", "Jersey Waldtiere", ["Farbe: Petrol"], ["Partie 77"])
    ] * 10

    def printed(document: Document) -> Callable[[], bytes]:
        return lambda: invoice.write(document, owner=owner, themes=folders)

    made: dict[str, Callable[[], bytes]] = {
        "bare page": lambda: _bare(look.of(folders)),
        "invoice, 10 lines": printed(_document(10)),
        "invoice, 60 lines": printed(_document(60)),
        "invoice as XML, 60 lines": lambda: cii.write(_document(60)),
        "legal text": lambda: text.write("AGB", terms, owner=owner, themes=folders, made_at=NOW),
        "packing list, 10 lines": lambda: delivery.packing(
            _order(), packed, owner=owner, themes=folders, made_at=NOW
        ),
    }  # fmt: skip
    figures = {"fpdf2 import ms": min(_import_ms() for _ in range(3))}
    for name, make in made.items():
        figures |= {f"{name} ms": _least_ms(make), f"{name} kB": len(make()) / 1000}
    return figures


def _least_ms(make: Callable[[], bytes]) -> float:
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        make()
        spent.append(time.process_time() - begun)
    return min(spent) * 1000


def _import_ms() -> float:
    return float(subprocess.run([sys.executable, "-c", _IMPORT], check=True, capture_output=True, text=True).stdout)


def _document(lines: int) -> Document:
    document = make_document(*[(10_00 + 37 * number, 70 if number % 7 else 190) for number in range(lines)])
    names = ("Jersey Waldtiere, Petrol", "Knopf Perlmutt 18 mm", "Stickgarn, 8 m")
    items = tuple(replace(item, name=names[item.position % 3]) for item in document.items)
    return replace(document, items=items)


def _order() -> Order:
    return Order(
        number="7K3M-9Q2A", token="t", checkout_key="k", state="paid", placed_at=NOW, email="e@k.example",
        name="Erika Käufer", delivery="Paket", payment="transfer", goods_cents=1, shipping_cents=0, total_cents=1,
    )  # fmt: skip


def _bare(worn: look.Look) -> bytes:
    from fpdf import FPDF

    sheet = FPDF(enforce_compliance="PDF/A-3B")
    sheet.set_creation_date(datetime(2026, 11, 22, tzinfo=UTC))
    for style, file in (("", worn.text), ("B", worn.bold)):
        sheet.add_font("text", style, file)
    sheet.add_page()
    for style in ("", "B"):
        sheet.set_font("text", style, 10)
        sheet.cell(0, 5, "Ein Satz mit Umlauten: Knöpfe, Bänder, Stoffe.")
    return bytes(sheet.output() or b"")
