"""The papers of a parcel: what is in it and where to, and never what it cost."""

import re
from datetime import UTC, datetime
from pathlib import Path

from checkout.deliveries import Shipment
from checkout.orders import Order
from shop.papers import delivery
from shop.papers.delivery import Packed
from shop.profile import Profile
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.papers.reading import words_of

OWNER = Profile(shop_name="Schnuckidu", owner_name="Petra Probe", street="Markt 4", postal_code="16835", city="Lindow")
ORDER = Order(
    number="7K3M-9Q2A", token="t", checkout_key="k", state="paid", placed_at=NOW, email="e@k.example",
    name="Erika Käufer", street="Am Anger 1", postal_code="8001", city="Zürich", country="CH", delivery="Paket",
    payment="transfer", goods_cents=38_70, shipping_cents=12_49, total_cents=51_19, note="Bitte nicht knicken",
)  # fmt: skip
JERSEY = Packed(
    "2 Stücke à 1,50 m",
    "2 Stück à 1,50 m",
    "Jersey Waldtiere",
    ["Farbe: Petrol"],
    ["Partie 77"],
    ["Ballen 12 · Partie 77 · Regal 3"],
)


def test_a_delivery_note_says_what_and_where_to_without_a_price(tmp_path: Path) -> None:
    parcel = Shipment(order_id=1, shipped_at=datetime(2026, 11, 23, 9, tzinfo=UTC), author="Anna", carrier="DHL",
                      tracking="0034")  # fmt: skip
    later = Packed("3 Stück", "3 Stück", "Holzknopf")
    pdf = delivery.note(ORDER, [JERSEY], [later], shipment=parcel, owner=OWNER, themes=THEME,
                        made_at=NOW)  # fmt: skip
    said = words_of(pdf, tmp_path)
    for part in ("Lieferschein 7K3M-9Q2A", "2 Stücke à 1,50 m", "Jersey Waldtiere", "Farbe: Petrol", "Partie 77", "DHL",
                 "0034", "23.11.2026", "– 3 Stück Holzknopf", "Bitte nicht knicken"):  # fmt: skip
        assert part in said
    window = words_of(pdf, tmp_path, "-x", "20", "-y", "45", "-W", "85", "-H", "45", "-r", "25.4")
    assert window.split()[-8:] == ["Erika", "Käufer", "Am", "Anger", "1", "8001", "Zürich", "SCHWEIZ"]
    assert not re.search(r"€|\d,\d\d(?! m)", said)
    assert "Regal 3" not in said


def test_a_packing_list_names_roll_and_place(tmp_path: Path) -> None:
    said = words_of(delivery.packing(ORDER, [JERSEY] * 40, owner=OWNER, themes=THEME, made_at=NOW), tmp_path)
    assert said.count("Ballen 12 · Partie 77 · Regal 3") == 40
    assert said.count("Woher") == said.count("\f") > 1
    assert said.count("2 Stück à 1,50 m") == 40
    assert "Versand: Paket" in said
    assert "€" not in said
