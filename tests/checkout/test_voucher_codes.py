"""Codes of vouchers: read aloud, typed any way, checked by their last letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import voucher_codes
from checkout.numbers import LETTERS
from checkout.voucher_codes import NotACode


def test_a_new_code_checks_itself() -> None:
    code = voucher_codes.new()
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert voucher_codes.checks(voucher_codes.key(code))


@given(st.integers(0, 11), st.sampled_from(LETTERS))
def test_every_wrong_letter_is_noticed(place: int, letter: str) -> None:
    right = voucher_codes.key(voucher_codes.new())
    wrong = right[:place] + letter + right[place + 1 :]
    assert voucher_codes.checks(wrong) == (wrong == right)


@pytest.mark.parametrize("typed", ["sommer10", " Sommer-10 ", "SOMMER 10"])
def test_a_word_may_be_typed_any_way(typed: str) -> None:
    assert voucher_codes.key(typed) == "SOMMER10"


def test_umlauts_count_however_they_are_composed() -> None:
    assert voucher_codes.key("fru\u0308hling") == voucher_codes.key("FRÜHLING") == "FRÜHLING"


def test_a_long_text_is_cut() -> None:
    assert len(voucher_codes.key("x" * 100_000)) == voucher_codes.LONGEST


@pytest.mark.parametrize("word", ["", "AB", "a b", "x" * 21, "10 % RABATT", "<b>SOMMER</b>"])
def test_not_every_word_can_be_a_code(word: str) -> None:
    with pytest.raises(NotACode):
        voucher_codes.of_word(word)


def test_a_word_is_shown_in_capitals() -> None:
    assert voucher_codes.of_word(" hallo-anna ") == "HALLO-ANNA"
