"""Plain text of several lines, as people type it into a field of a shop system."""

import html
import re

from catalog.exchange.hypertext import markdown_of

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


def plain_markdown(text: str) -> str:
    """Markdown that shows a text as it stands, with its lines; signs written as HTML become themselves."""
    paragraphs = _BETWEEN_PARAGRAPHS.split(html.escape(html.unescape(text), quote=False))
    return markdown_of("".join(f"<p>{'<br>'.join(each.strip().splitlines())}</p>" for each in paragraphs))
