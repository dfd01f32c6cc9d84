import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from catalog.exchange.hypertext import markdown_of, text_of


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Eins</p><p>Zwei</p>", "Eins\n\nZwei"),
        ("Eins<br>Zwei", "Eins\\\nZwei"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<a href="https://naeh.example/x">Link</a>', "[Link](<https://naeh.example/x>)"),
        ('<a href="javascript:x()">Link</a>', "[Link](<>)"),
        ("<style>p{}</style>a &amp; b", "a & b"),
        ("# kein Titel, 2 * 3", "\\# kein Titel, 2 \\* 3"),
    ],
)
def test_simple_html_becomes_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


def test_summaries_are_one_line_of_text() -> None:
    assert text_of("<p>Weich &amp; <b>warm</b></p><p>schön</p>") == "Weich & warm schön"


@given(st.text("ab <>/&;#*_[]()!-+1.\n", max_size=40))
def test_nothing_that_comes_in_becomes_a_tag(html: str) -> None:
    rendered = MarkdownIt("commonmark", {"html": False}).render(markdown_of(html))
    assert "<script" not in rendered
    assert "<img" not in rendered
