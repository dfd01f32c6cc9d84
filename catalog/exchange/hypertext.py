"""HTML of other shops turned into our Markdown, or into plain text (scripts and styles are left out), and back."""

import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {"p", "div", "br", "ul", "ol", "li", "b", "strong", "i", "em", "a", "h1", "h2", "h3", "h4", "h5", "h6"}
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!][^>]*>|&[a-zA-Z]{2,8};|&#\d+;")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s)", re.MULTILINE)
_BETWEEN_ITEMS = re.compile(r"(<[ou]l[^>]*>|</li>)\n")
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def markdown_of(html: str) -> str:
    """Turn simple HTML (paragraphs, lists, bold, links) into Markdown; plain text is only escaped."""
    if not _LOOKS_LIKE_HTML.search(html):
        return _escape(html).strip()
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        clean_content_tags={"script", "style"},
        link_rel=None,
    )
    writer = _MarkdownWriter()
    writer.feed(cleaned)
    writer.close()
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", writer.text)).strip()


def text_of(html: str) -> str:
    """Turn HTML into one line of plain text."""
    reader = _TextReader()
    reader.feed(re.sub(r"<(?:br|/p|/div|/li)[^>]*>", " ", html, flags=re.IGNORECASE))
    reader.close()
    return " ".join(reader.text.split())


def html_of(markdown: str) -> str:
    """Our Markdown as HTML, for systems that show a description as such; HTML inside it comes out as text."""
    return _BETWEEN_ITEMS.sub(r"\1", _markdown().render(markdown)).strip()


def html_of_line(text: str) -> str:
    """Plain text as HTML: as it is, unless a reader of HTML would take some of it for a mark."""
    return text if text_of(text) == " ".join(text.split()) else escape(text, quote=False)


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # only an export needs it

    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


class _MarkdownWriter(HTMLParser):
    """Writes Markdown for the few tags that nh3 lets through."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._lists: list[int] = []  # 0 for bullets, else the next number
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _MARKS:
            self.text += _MARKS[tag]
        elif tag == "br":
            self.text += "\\\n"
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else 0)
            self.text += "\n" if len(self._lists) > 1 else "\n\n"
        elif tag == "li":
            self._begin_item()
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self.text += "["
        elif tag[0] == "h":
            self.text += f"\n\n{'#' * max(3, int(tag[1]))} "
        else:
            self.text += "\n\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in _MARKS:
            self.text += _MARKS[tag]
        elif tag in ("ul", "ol"):
            self._lists = self._lists[:-1]
            self.text += "\n" if self._lists else "\n\n"
        elif tag == "a":
            self.text += f"](<{self._links.pop()}>)" if self._links else "]"
        elif tag == "li":
            self.text = self.text.rstrip() + "\n"
        elif tag != "br":
            self.text += "\n\n"

    def handle_data(self, data: str) -> None:
        self.text += _escape(re.sub(r"[ \t]+", " ", data), at_line_start=self.text[-1:] in ("", "\n"))

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        indent = "   " * max(0, len(self._lists) - 1)
        self.text = f"{self.text.rstrip(' ')}{indent}{f'{number}.' if number else '-'} "
        if number:
            self._lists[-1] = number + 1


def _escape(text: str, *, at_line_start: bool = True) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    if not at_line_start:
        first, line_end, rest = escaped.partition("\n")
        return first + line_end + _LINE_START.sub(_escape_start, rest)
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    blanks, mark = match[1], match[2]
    return f"{blanks}{mark[:-1]}\\{mark[-1]}"
