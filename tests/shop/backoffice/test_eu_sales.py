"""The page of EU sales: what the owner tells it, and what it tells her."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from checkout import distance_sales
from shop import profile
from tests.checkout.test_distance_sales import sent

PAGE = "/backoffice/eu-verkaeufe"


def test_the_limit_is_watched(owner: FlaskClient, write: Callable[[], Any]) -> None:
    assert "Versteuert wird in Deutschland" in owner.get(PAGE).text
    assert owner.post(PAGE, data={"anderswo-2026": "8.000,00"}).status_code == 303
    assert "Bald wird im Zielland versteuert" in owner.get(PAGE).text
    owner.post(PAGE, data={"anderswo-2026": "10.000,01"})
    assert "Versteuert wird im Zielland" in owner.get(PAGE).text


def test_doing_without_the_limit_is_kept(owner: FlaskClient, write: Callable[[], Any]) -> None:
    owner.post(PAGE, data={"immer": "ja", "anderswo-2025": "12,50"})
    with write() as session:
        assert profile.load(session).taxes_abroad
        assert distance_sales.turnover_cents(session, 2025) == 12_50
    assert 'value="12,50"' in owner.get(PAGE).text


def test_an_amount_that_cannot_be_read_is_shown_again(owner: FlaskClient) -> None:
    answer = owner.post(PAGE, data={"anderswo-2026": "viel"})
    assert answer.status_code == 422
    assert "„viel“ ist kein Betrag" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"land": "", "satz": "20", "ab": "2027-01-01"}, "Bitte wählen Sie ein Land."),
        ({"land": "AT", "satz": "viel", "ab": "2027-01-01"}, "„viel“ ist kein Steuersatz."),
        ({"land": "AT", "satz": "41", "ab": "2027-01-01"}, "„41“ ist kein Steuersatz."),
        ({"land": "AT", "satz": "20", "ab": ""}, "Ab wann gilt der Satz?"),
    ],
)
def test_a_rate_that_cannot_hold_is_refused(owner: FlaskClient, typed: dict[str, str], sentence: str) -> None:
    answer = owner.post(f"{PAGE}/steuersaetze", data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_quarter_is_a_table_for_the_return(owner: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        sent(session, "FI", 125_50, abroad=True)
    answer = owner.get(f"{PAGE}/2026-4.csv")
    assert answer.text == ("\ufeffLand;Steuersatz;Netto;Steuer;Berichtigung zu Quartal\r\nFI;25,5 %;100,00;25,50;\r\n")
    assert owner.get(f"{PAGE}/2026-5.csv").status_code == 404
