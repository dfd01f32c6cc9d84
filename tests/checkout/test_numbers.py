"""Order numbers: a slip of the pen never leads to another order."""

from hypothesis import given
from hypothesis import strategies as st

from checkout import numbers
from checkout.numbers import LETTERS

codes = st.builds(lambda seed: numbers._with_hyphen(seed + numbers.check_letter(seed)),
                  st.text(alphabet=LETTERS, min_size=7, max_size=7))  # fmt: skip


def test_a_new_number_is_valid_and_has_no_look_alikes() -> None:
    drawn = {numbers.new() for _ in range(200)}
    assert len(drawn) == 200
    assert all(numbers.is_valid(number) for number in drawn)
    assert not set("".join(drawn)) & set("01OIL")


@given(codes)
def test_every_single_wrong_letter_is_noticed(number: str) -> None:
    for place, right in enumerate(number):
        if right != "-":
            wrong = [number[:place] + letter + number[place + 1 :] for letter in LETTERS if letter != right]
            assert not any(numbers.is_valid(each) for each in wrong)


@given(codes)
def test_every_swap_of_two_letters_is_noticed(number: str) -> None:
    plain = number.replace("-", "")
    for first in range(8):
        for second in range(first + 1, 8):
            swapped = list(plain)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if swapped != list(plain):
                assert not numbers.is_valid(numbers._with_hyphen("".join(swapped)))


@given(codes)
def test_a_number_is_found_however_it_is_written(number: str) -> None:
    plain = number.replace("-", "")
    for written in (
        number,
        number.lower(),
        plain,
        f"{plain[:3]} {plain[3:]}",
        f"Bestellung {number}, danke",
        f"den {number}",
    ):
        assert number in numbers.find_all(written)


@given(codes, codes)
def test_all_numbers_of_a_text_are_found(first: str, second: str) -> None:
    assert {first, second} <= set(numbers.find_all(f"{first} und {second.lower()}"))


def test_ordinary_words_are_no_numbers() -> None:
    assert numbers.find_all("Rechnung vom 12. März, Frau Huber") == []
    assert not numbers.is_valid("ABCD-EFG0")
    assert not numbers.is_valid("")


@given(codes)
def test_the_transfer_reference_is_plain_ascii(number: str) -> None:
    assert numbers.transfer_reference(number).isascii()
