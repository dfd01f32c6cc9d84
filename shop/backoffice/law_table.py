"""The table "Was das Gesetz will": every rule that the program knows, as the handbook shows it."""

from shop.law import book
from shop.law.rules import ERROR, INFO, Rule

_SIGNS = {ERROR: "rot", INFO: "zu wissen"}
_PARTS = {
    "A": "Wer verkauft",
    "B": "Widerruf",
    "C": "Waren und Preise",
    "D": "Bestellen",
    "E": "Steuer, Rechnungen, Bücher",
    "F": "Datenschutz",
    "G": "Rund um den Laden",
    "H": "Österreich und Schweiz",
}


def markdown() -> str:
    """The rules as Markdown, a table for each part of the law: id, law, since when, what it asks, how it is kept."""
    parts = [_part(letter, title) for letter, title in _PARTS.items()]
    return "\n\n".join(part for part in parts if part)


def _part(letter: str, title: str) -> str:
    rules = [each for each in book.RULES if each.id.startswith(letter)]
    if not rules:
        return ""
    head = (
        f"## {title}\n\n| Nr. | Was verlangt ist | Wie der Laden es hält | Paragraf, seit wann, und wenn es fehlt |\n"
    )
    return head + "|---|---|---|---|\n" + "\n".join(map(_row, sorted(rules, key=lambda each: each.id)))


def _row(rule: Rule) -> str:
    days = [rule.since, *rule.turns[-1:]] if len(rule.turns) == 1 else [rule.since]
    since = ", ".join(f"{day:%d.%m.%Y}" for day in days)
    law = f"{rule.source}; seit {since}; {_SIGNS.get(rule.severity, 'gelb')}"
    cells = (rule.id, rule.duty, rule.kept, law)
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"
