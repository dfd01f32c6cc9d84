"""Descriptions as they are read: without the marks of Markdown and HTML, addresses and entities."""

import html
import re

# Each stops at the next of its kind, so that many which never end take no time.
_UNSEEN = re.compile(r"<!--(?:(?!<!--).)*?-->|<(script|style)\b(?:(?!<\1\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_INLINE_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|mark|small|sup|sub|wbr)\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]\[]*)\](?:\([^()\s]*(?:\s+[^()]*)?\)|\[[^\]]*\])")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+\S+.*$", re.MULTILINE)
_ADDRESS = re.compile(r"<?\b(?:https?://|mailto:|www\.)[^\s<>)\]]+>?", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)|(?<=\S)(\*{1,3}|_{2,3}|~~|`+)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~|>])")
_SOFT_HYPHENS = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def without_marks(text: str) -> str:
    """The words of a text of Markdown, or of HTML, that a shopper sees; those within a word's marks stay one."""
    seen = _TAG.sub(" ", _INLINE_TAG.sub("", _UNSEEN.sub(" ", text)))
    seen = _ADDRESS.sub(" ", _LINK.sub(r"\1", _REFERENCE.sub(" ", seen)))
    seen = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", seen))
    return _SOFT_HYPHENS.sub("", html.unescape(seen))
