"""Descriptions as they are read."""

import time

import pytest

from catalog.search.language import Language, Texts
from catalog.search.markup import without_marks


@pytest.mark.parametrize(("written", "read"), [
    ("<p>Weicher <b>Samt</b></p>", "weicher samt"),
    ("Bau<b>m</b>wolle", "baumwolle"),
    ("Rot<br>Blau", "rot blau"),
    ("# Pflege\n\n- **Waschbar** bei 30&nbsp;°C", "pflege waschbar bei 30 °c"),
    ("[Zur Anleitung](https://example.com/samt?x=1 \"Titel\")", "zur anleitung"),
    ("![Kissen](bild.jpg) und <https://example.com>", "kissen und"),
    ("**Knopf**loch", "knopfloch"),
    ("Baum\u00adwolle", "baumwolle"),
    ("<style>p {color: red}</style>Seide<!-- Notiz -->", "seide"),
    ("5 < 6 und 7 > 3", "5 < 6 und 7 > 3"),
    ("T&uuml;ll", "tüll"),
])  # fmt: skip
def test_marks_are_no_words(written: str, read: str) -> None:
    assert " ".join(without_marks(written).lower().replace("-", " ").replace("#", " ").split()) == read


def test_no_mark_is_indexed() -> None:
    text = without_marks('<div class="wichtig"><a href="https://example.com">Filz</a></div>')
    assert list(Language().terms_of(Texts(texts=[text]))) == ["filz"]


@pytest.mark.parametrize("mark", ["<!--", "<script>", "<", "[", "[a](", "*", "`", "<a ", "[a][b"])
def test_marks_that_never_end_take_no_time(mark: str) -> None:
    start = time.process_time()
    without_marks(mark * 4000)
    assert time.process_time() - start < 0.5
