"""Streets as people type them, taken apart into street, house number and what is added, as carriers want them."""

import re
from dataclasses import dataclass

_LONGEST_NUMBER = 10  # characters that carriers' fields for the house number take
_NUMBER_FIRST = ("FR", "LU", "GB", "IE")  # "12, rue du Moulin"

# "1", "1a", "1 a", "14-22", "1 - 3", "1a–c", "12/3/5", "14 1/2", "10/Stiege 2/Top 5", "10 Stiege 2 Tür 5", "7 bis 9"
_STAIR = r"(?:Stiege|Stg|Top|Tür|Haus|Block)\b\.?\s?\w+"
_NUMBER = (
    r"\d{1,5}\s?1/[234](?!\d)"
    r"|\d{1,5}(?:\s?[a-zA-Z](?![\w.]))?"
    rf"(?:\s?(?:[-–+]|bis|u\.|und)\s?(?:\d{{1,5}}\s?)?(?:[a-zA-Z](?!\w))?(?<=\w)|/\s?(?:{_STAIR}|\d{{1,5}}\s?[a-zA-Z]?(?!\w))|\s{_STAIR})*"
)
_ADDED = (
    r"(?:Hinterhaus|Vorderhaus|Seitenflügel|Quergebäude|Gartenhaus|HH|VH|SF|EG|OG|UG|DG|Erdgeschoss|Dachgeschoss"
    r"|Wohnung|Whg|Zimmer|Etage|links|rechts|Mitte|Aufgang|Eingang|Apartment|App|Gebäude|c/o|bei"
    r"|\d{1,2}\. ?(?:OG|UG|Stock|Etage))\b"
)
_LAST = re.compile(
    rf"(?P<street>.*?[^\s,])(?:\s*,\s*|\s+|(?<=[a-zß.])(?=\d))(?:(?:Haus)?nr\.?\s*)?(?P<number>{_NUMBER})"
    rf"(?:\s*[,;]\s*(?P<after>[^\d\s].*|\d{{1,2}}\. ?(?:OG|UG|Stock|Etage).*)|\s+(?P<added>{_ADDED}.*))?",
    re.IGNORECASE,
)
_FIRST = re.compile(r"(?P<number>\d{1,5}\s?(?:bis|ter|[a-zA-Z])?)\s*,?\s+(?P<street>[^\d].*)", re.IGNORECASE)
_STATION = re.compile(
    r"(?P<kind>pack\s?station|paketbox|poststation|post\s?filiale|postfach)\s*(?:nr\.?|nummer)?\s*:?\s*"
    r"(?P<number>\d[\d ]*)?",
    re.IGNORECASE,
)
_POST_NUMBER = re.compile(r"(?<!\d)\d{6,10}(?!\d)")


@dataclass(frozen=True)
class Place:
    """Where a parcel goes: `added` is what comes beside street and number ("Hinterhaus").

    At a Packstation or Postfiliale `post_number` is the customer's number there, "" if it was not told. A Postfach
    takes letters alone.
    """

    street: str
    number: str
    added: str = ""
    post_number: str = ""

    @property
    def is_station(self) -> bool:
        """Whether it is fetched from a Packstation or a post office."""
        return self.street in ("Packstation", "Postfiliale")

    @property
    def is_box(self) -> bool:
        """Whether it is a Postfach."""
        return self.street == "Postfach"


def place(street: str, country: str = "DE", *more: str) -> Place:
    """Take a line of an address apart. `more` are other lines in which a Postnummer may stand (name, company).

    Where no house number is found the whole line is the street. Nothing that was typed is lost.
    """
    station = _STATION.match(street.strip())
    if station is not None and station["number"]:
        return _station(station, street, more)
    return _house(" ".join(street.split()), country)


def _station(found: re.Match[str], street: str, more: tuple[str, ...]) -> Place:
    kind = found["kind"].casefold().replace(" ", "")
    name = {"postfiliale": "Postfiliale", "postfach": "Postfach"}.get(kind, "Packstation")
    number, rest = found["number"].strip(), street.strip()[found.end() :]
    post_number = next((each[0] for line in (rest, *more) for each in [_POST_NUMBER.search(line)] if each), "")
    return Place(name, number, post_number="" if name == "Postfach" else post_number)


def _house(line: str, country: str) -> Place:
    first = _FIRST.fullmatch(line) if country in _NUMBER_FIRST else None
    if first is not None:
        return Place(first["street"], first["number"].strip())
    last = _LAST.fullmatch(line)
    if last is None:
        return Place(line, "")
    number, more = _short(" ".join(last["number"].split()))
    added = ", ".join(part for part in (more, last["after"] or last["added"] or "") if part)
    return Place(last["street"].rstrip(" ,"), number, added)


def _short(number: str) -> tuple[str, str]:
    """A house number that fits its field, and what of it does not: "10/Stiege 2/Top 5" is "10" and "Stiege 2/Top 5"."""
    if len(number) <= _LONGEST_NUMBER:
        return number, ""
    match = re.match(r"\d+\s?[a-zA-Z]?(?![\w])", number)
    head = match[0].strip() if match else number[:_LONGEST_NUMBER]
    return head, number[len(head) :].strip(" /-–")
