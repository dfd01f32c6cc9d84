"""Numbers that a carrier gives back."""

import pytest

from checkout import label_results
from checkout.label_results import Labelled, NotAResult

EXPECTED = [Labelled("K7QM-2XHV", "00340434123456789012"), Labelled("M3NP-4QRS", "00340434123456789029")]


@pytest.mark.parametrize(
    "text",
    [
        "Sendungsnummer;Sendungsreferenz;Status\n00340434123456789012;K7QM-2XHV;ok\n00340434123456789029;M3NP-4QRS;ok\n",
        "Referenz,Trackingnummer\nK7QM-2XHV,00340434123456789012\nM3NP-4QRS,00340434123456789029\n",
        'REFERENZ\tIdentcode\r\nK7QM-2XHV\t="00340434123456789012"\r\nM3NP-4QRS\t\'00340434123456789029\r\n',
        "Sendungsreferenz;Sendungsnummer\n;00340434123456789036\nK7QM-2XHV;00340434123456789012\nX;\n"
        "M3NP-4QRS;00340434123456789029\nkurz\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_numbers_are_found_by_their_columns(text: str, encoding: str) -> None:
    assert label_results.read(text.encode(encoding)) == EXPECTED


@pytest.mark.parametrize("content", [b"", b"Name;Ort\nErika;Lindow\n", b"Sendungsnummer\n1\n", b"\xff\xfe\x00;\x00"])
def test_another_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NotAResult) as refused:
        label_results.read(content)
    assert "Sendungsnummer" in refused.value.sentence
