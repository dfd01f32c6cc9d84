"""Searches that may tell who searched, or what is none of our business: they are not kept.

Into a field for searching people paste whatever they have copied last. So a text is kept only if it looks like
words for goods, with the numbers that goods have (20 mm, 100 x 150 cm, 50er). Not kept is what looks like

- an e-mail address, a page's address, a path, or has signs that no name of goods has (@ : ; = \\ < > …),
- a telephone number, an IBAN, a card's or customer's number, a postal code, a date: five digits with no letter
  between them, a day with dots, more than eight digits in all, or a number after "Tel." and the like,
- a number that begins with 0 as an area code does,
- a street with a house number ("Dorfstraße 1", "Am Anger 1a"), with or without a name,
- a person who is called by name ("Frau Huber", "c/o"), a password,
- a code: letters and digits that take turns (K7WX-2MPQ), or a word of more than thirty letters (a token),
- a sentence: more than six words or sixty characters.

A name by itself cannot be told from a designer's or a pattern's; without all that, it tells nothing of who searched
for it. Better a search for goods too few than a person too many: "Schlüsselring 25" is lost as well, with its unit
("25 mm") it is kept.
"""

import re

from catalog.search.wording import LONGEST, bare, key, tidy

_MOST_WORDS = 6
_LONGEST_WORD = 30
_MOST_DIGITS = 8
_PLAIN = re.compile(r"[^\W_]|[ .,/&'’+%°*#\"„“()×-]")
_DIGITS_ALONE = re.compile(r"(?:\d[\W_]*){5}")
_DAY = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.(?!\d{3,}\D)")
_AREA_CODE = re.compile(r"(?<![\d.,])0\d{2}|\+\s?\d")
_ADDRESS = re.compile(r"\bwww\b|\bhttps?\b|[^\W_]{2}\.[a-z]{2,}\b|\(at\)|\bat\b.*\b(?:dot|punkt|de|com|net|org)\b")
_UNIT = r"(?!\s?(?:mm|cm|dm|m|km|g|kg|ml|l|den|dtex|tex|meter|gramm|stuck|stk|er|x|%|fach|farbig|teilig)\b)"
_STREET_NAMES = (
    "strasse|str|gasse|weg|platz|allee|damm|ufer|ring|steig|stieg|chaussee|promenade|markt|hof|berg|feld|winkel|anger"
    "|graben|wall|pfad|garten|brucke|kamp|twiete|redder|siedlung|hohe|tor"
)
_STREET = re.compile(rf"(?:{_STREET_NAMES})\.?\s+(?:nr\.?\s*)?\d{{1,3}}{_UNIT}(?:\s?[a-z])?\b")
_AT_THE = re.compile(
    r"\b(?:am|im|an der|an den|auf der|auf dem|in der|in den|zum|zur|bei der|beim|hinter der|hinter dem|unter den)"
    rf"\s+[^\W\d]+\s+\d{{1,3}}{_UNIT}(?:\s?[a-z])?\b"
)
_PERSON = re.compile(
    r"\b(?:herrn?|frau|familie|fam|dr|prof|ich heisse|mein name|meine adresse|wohnhaft|geboren|geb)\b\.?\s+\S|\bc/o\b"
)
_SECRET = re.compile(r"\b(?:passwort|kennwort|password|pin|tan|iban|bic|tel|telefon|handy|mobil|fax)\b.*\d")
_PASSWORD = re.compile(r"\b(?:passwort|kennwort|password)\b\S*\s+\S")
_GROUPS = re.compile(r"\b(?=[^\W_]*\d|[^\W_]{4}-[^\W_]*\d)[^\W_]{4}(?:-[^\W_]{4})+\b")
_CHUNK = re.compile(r"[^\W_]+")
_TURNS = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_MEASURE = re.compile(r"\d+(?:x\d+){1,2}[^\W\d_]{0,5}|\d+[^\W\d_]{1,8}")
_TELLING = (_DIGITS_ALONE, _DAY, _AREA_CODE, _ADDRESS, _STREET, _AT_THE, _PERSON, _SECRET, _PASSWORD, _GROUPS)


def keepable(text: str) -> str:
    """The words of a search, tidied, if they may be kept; "" if they may not (see above), or are none."""
    words = tidy(text)
    if len(words) > LONGEST or len(words.split()) > _MOST_WORDS or not _has_letters(words):
        return ""
    compared = bare(words.replace("×", "x"))
    if len(_PLAIN.findall(words)) < len(words) or sum(map(str.isdigit, compared)) > _MOST_DIGITS:
        return ""
    if any(telling.search(compared) for telling in _TELLING):
        return ""
    return "" if any(map(_is_code, _CHUNK.findall(compared))) else words


def _has_letters(words: str) -> bool:
    """Whether it is more than a number or a single letter."""
    return bool(key(words)) and any(map(str.isalpha, words)) and sum(map(str.isalnum, words)) > 1


def _is_code(chunk: str) -> bool:
    if len(chunk) > _LONGEST_WORD:
        return True
    return len(_TURNS.findall(chunk)) > 1 and not _MEASURE.fullmatch(chunk)
