import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import dialects
from catalog.exchange.mojibake import mended, page_of

GERMAN = st.text("aeKn öäüßÄÖÜ„“–…€éè½²°😀\u00a0,;", max_size=30)


def twice(text: str, page: str) -> str:
    """UTF-8 taken for a code page; what that leaves undefined becomes a control character, as in browsers."""
    return "".join(
        chr(byte) if page == "cp1252" and byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode(page)
        for byte in text.encode()
    )


@given(GERMAN)
def test_right_text_stays(text: str) -> None:
    assert page_of([text]) is None
    assert [mended(text, page) for page in ("cp1252", "mac_roman")] == [text, text]


@given(GERMAN)
@pytest.mark.parametrize("page", ["cp1252", "mac_roman"])
def test_text_encoded_twice_comes_back(page: str, text: str) -> None:
    assert mended(twice(text, page), page) == text


@pytest.mark.parametrize("text", ["Knöpfe", "Ärmel", "weiß", "4,95 €", "Oma’s", "„rot“", "2–3 m", "Café"])
@pytest.mark.parametrize("page", ["cp1252", "mac_roman"])
def test_a_single_word_tells_what_its_text_was_taken_for(page: str, text: str) -> None:
    assert page_of(["Band", twice(text, page)]) == page


@pytest.mark.parametrize("text", ["¬ß", "√4", "Ã", "Â®", "SÃO", "MAÇÃ", "‚Ärmel‘", "Château"])
def test_odd_letters_alone_tell_nothing(text: str) -> None:
    assert page_of([text]) is None


def test_the_owner_is_told_of_what_was_mended() -> None:
    file = "Artikelnummer;Produktname;Größe\nA;KnÃ¶pfe;1\nB;BÃ¤nder;2\nC;Nähgarn;3\n"
    reading = dialects.read(file.encode())
    assert [article.facts["name"] for article in reading.articles()] == ["Knöpfe", "Bänder", "Nähgarn"]
    (question,) = reading.questions
    assert (question.row, question.stops) == (1, False)
    assert "„KnÃ¶pfe“ und in einer weiteren Zeile" in question.reason
    assert "„Knöpfe“" in question.reason


def test_a_header_encoded_twice_is_known_nevertheless() -> None:
    reading = dialects.read("Artikelnummer;Produktname;VerÃ¶ffentlicht\nA;Band;ja\n".encode())
    assert next(reading.articles()).facts["is_published"] is True
