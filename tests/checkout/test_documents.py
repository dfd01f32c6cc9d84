"""Frozen documents: they add up or are not made, and their text says all of them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from checkout.documents import Document, DoesNotAddUp, Kind, Reference
from tests.checkout.documenting import documents, make_document


@given(documents())
@settings(max_examples=60)
def test_a_document_comes_back_from_its_text(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document
    assert Document.from_json(document.to_json()).sha256 == document.sha256


@given(documents())
@settings(max_examples=60)
def test_items_add_up_to_taxes_and_taxes_to_totals(document: Document) -> None:
    assert sum(item.net_cents for item in document.items) == document.net_cents
    assert sum(tax.gross_cents for tax in document.taxes) == document.gross_cents
    assert document.net_cents + document.vat_cents == document.gross_cents


@pytest.mark.parametrize(
    "changes",
    [
        {"net_cents": 1},
        {"gross_cents": 38_86},
        {"vat_cents": 0},
        {"due_cents": 1},
        {"items": ()},
        {"taxes": ()},
        {"delivered_to": date(2020, 1, 1)},
        {"kind": Kind.CANCELLATION},
        {"refers_to": Reference("RE-2026-00001", date(2026, 1, 1))},
        {"gross_cents": 38.85},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_add_up_is_no_document(changes: dict[str, Any]) -> None:
    with pytest.raises(DoesNotAddUp):
        make_document(**changes)


def test_an_item_changed_by_a_cent_is_noticed() -> None:
    document = make_document((10_00, 190), (5_00, 70))
    changed = replace(document.items[0], gross_cents=10_01)
    with pytest.raises(DoesNotAddUp, match="items and taxes differ"):
        replace(document, items=(changed, *document.items[1:]))


def test_a_tax_that_is_not_contained_is_noticed() -> None:
    tax = make_document((119_00, 190)).taxes[0]
    with pytest.raises(DoesNotAddUp, match="not what is contained"):
        replace(tax, vat_cents=18_98, net_cents=100_02)


def test_what_is_not_taxed_says_why() -> None:
    tax = make_document((10_00, 0), category="E").taxes[0]
    with pytest.raises(DoesNotAddUp, match="says why"):
        replace(tax, reason="")


def test_another_letter_is_another_hash() -> None:
    document = make_document()
    assert document.sha256 != replace(document, number="RE-2026-00002").sha256
