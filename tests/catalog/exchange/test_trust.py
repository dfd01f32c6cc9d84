"""What speaks against carrying out a file that nobody has looked at."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.exchange.plan import Tally
from catalog.exchange.runs import ColumnMemory
from catalog.exchange.trust import may_be_carried_out
from tests.make import NOW

STOCK_ONLY: dict[str, Any] = {
    "products": {"new": 0, "changed": 0, "unchanged": 3},
    "variants": {"new": 0, "changed": 2, "unchanged": 1},
    "keys": ["stock"],
    "steepest_hundredths": 0,
    "refused_in_all": 0,
    "must_be_answered": False,
    "changes_nothing": False,
}
NOTHING = STOCK_ONLY | {"keys": [], "changes_nothing": True}


def memory(*, is_trusted: bool = True, limit_percent: int = 20) -> ColumnMemory:
    return ColumnMemory(fingerprint="f", name="Kasse", is_trusted=is_trusted, limit_percent=limit_percent,
                        used_at=NOW, author="Anna")  # fmt: skip


def test_stock_and_prices_of_a_trusted_kind_are_taken() -> None:
    for keys in (["stock"], ["price_cents"], ["price_cents", "rolls", "stock"]):
        assert may_be_carried_out(STOCK_ONLY | {"keys": keys}, memory()) == []


@pytest.mark.parametrize("known", [None, memory(is_trusted=False)])
def test_a_kind_without_trust_is_shown_first(known: ColumnMemory | None) -> None:
    assert may_be_carried_out(STOCK_ONLY, known) == [
        "Von selbst übernehmen wir nur Dateien, denen Sie Vertrauen gegeben haben."
    ]


@pytest.mark.parametrize("known", [None, memory()])
def test_a_file_that_changes_nothing_needs_no_yes(known: ColumnMemory | None) -> None:
    assert may_be_carried_out(NOTHING, known) == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"products": {"new": 1, "changed": 0, "unchanged": 0}}, "Ein Artikel ist neu."),
        ({"products": {"new": 7, "changed": 0, "unchanged": 0}}, "7 Artikel sind neu."),
        ({"variants": {"new": 1, "changed": 0, "unchanged": 0}}, "Eine Variante ist neu."),
        ({"variants": {"new": 2, "changed": 0, "unchanged": 0}}, "2 Varianten sind neu."),
        ({"keys": ["name", "stock"]}, "Es ändert sich mehr als Preis und Bestand: Produktname."),
        ({"keys": ["sale"]}, "Es ändert sich mehr als Preis und Bestand: Angebotspreis."),
        ({"keys": ["Merkmal: Muster", "is_published"]},
         "Es ändert sich mehr als Preis und Bestand: Muster, Veröffentlicht."),
        ({"refused_in_all": 1}, "Eine Zelle ist abgelehnt."),
        ({"refused_in_all": 3}, "3 Zellen sind abgelehnt."),
        ({"must_be_answered": True}, "Eine Frage ist offen."),
        ({"keys": ["price_cents"], "steepest_hundredths": 2001},
         "Ein Preis ändert sich um 20,01 %, mehr als die 20 %, die Sie erlauben."),
        ({"keys": ["price_cents"], "steepest_hundredths": 4000},
         "Ein Preis ändert sich um 40 %, mehr als die 20 %, die Sie erlauben."),
        ({"keys": ["price_cents"], "steepest_hundredths": None}, "Ein Preis war bisher 0,00 €."),
    ],
)  # fmt: skip
def test_everything_else_is_asked_about_with_its_reason(told: dict[str, Any], reason: str) -> None:
    assert may_be_carried_out(STOCK_ONLY | told, memory()) == [reason]


def test_refused_rows_and_questions_stop_even_what_changes_nothing() -> None:
    assert len(may_be_carried_out(NOTHING | {"refused_in_all": 1, "must_be_answered": True}, memory())) == 2


cents = st.integers(0, 100_000)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(cents, cents).filter(lambda pair: pair[0] != pair[1]), max_size=5),
    st.integers(0, 100),
)
def test_no_price_moves_further_than_the_limit(prices: list[tuple[int, int]], limit: int) -> None:
    tally = Tally()
    for old, new in prices:
        tally.count("price_cents", "Preis", old, new)
    told = {"keys": sorted(tally.by_key), "steepest_hundredths": tally.steepest_hundredths}
    is_within = all(old and abs(new - old) * 100 <= limit * old for old, new in prices)
    # A limit is a whole per cent, so rounding up to hundredths never lets one pass, and stops none that is within.
    assert (may_be_carried_out(STOCK_ONLY | told, memory(limit_percent=limit)) == []) is is_within
