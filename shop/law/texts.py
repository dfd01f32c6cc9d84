"""The linter of stale law: every text of the shop, place by place, held against the wordings in stale.py (A13)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select as rows_of
from sqlmodel import col, func, select

from catalog.categories import Category
from catalog.products import Product
from catalog.units import Unit
from checkout.rates import ShippingMethod
from shop import themes
from shop.law import specimen
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight
from shop.law.stale import CLOSED_PLATFORM, GOODS, LETTER, OWNER, PAGE, PAPER, SHOWN, STALE, TEMPLATE, StaleText
from shop.newsletter.issues import NewsletterIssue
from shop.pages import PageVersion

_MOST_FAULTS = 20  # of one rule; `check --texts` tells all
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_PRICED_LOOSE = "hundert-gramm"  # goods that are weighed out may be priced per 100 g (§ 5 Abs. 1 PAngV)


@dataclass(frozen=True)
class Place:
    """A text and where it stands: in German words, and by the page of the backoffice that changes it ("" for none)."""

    kind: str
    where: str
    text: str
    path: str = ""
    spares: frozenset[str] = frozenset()  # wordings that are right here


@dataclass(frozen=True)
class Found:
    """A wording that must not stand there; `line` is counted from 1, `words` are as they stand."""

    stale: StaleText
    place: Place
    line: int
    words: str

    @property
    def is_error(self) -> bool:
        """Whether the shop must not open while it stands."""
        return self.stale.severity == ERROR

    @property
    def sentence(self) -> str:
        """What is wrong where, and what to write instead."""
        return f"{self.place.where}, Zeile {self.line}: „{self.words}“. {self.stale.instead}"

    def as_row(self) -> dict[str, object]:
        """For machines."""
        return {
            "id": self.stale.id, "severity": self.stale.severity, "where": self.place.where, "line": self.line,
            "words": self.words, "instead": self.stale.instead,
        }  # fmt: skip


def find(sight: Sight, wordings: Sequence[StaleText] = STALE) -> list[Found]:
    """The stale wordings of today, errors first; what a template says is not told again of the page made of it."""
    in_force = [each for each in wordings if each.since <= sight.today and each.is_due(sight.owner)]
    found: list[Found] = []
    known: set[str] = set()
    for place in all_places(sight):
        hits = [hit for hit in _in(place, in_force) if place.kind not in (SHOWN, LETTER) or hit.stale.id not in known]
        known |= {hit.stale.id for hit in hits}
        found += hits
    return sorted(found, key=lambda each: not each.is_error)


def closed_platform(sight: Sight) -> Iterable[Fault]:
    """A10: nothing names the platform of the EU any more, which was switched off."""
    return _faults(sight, [each for each in STALE if each.id == CLOSED_PLATFORM])


def errors(sight: Sight) -> Iterable[Fault]:
    """A13: wordings that must go before the shop may open."""
    return _faults(sight, _of(ERROR))


def hints(sight: Sight) -> Iterable[Fault]:
    """A13b: wordings that should be others."""
    return _faults(sight, _of(WARNING))


def _of(severity: str) -> list[StaleText]:
    """What A13 or A13b asks for; the closed platform has a rule of its own."""
    return [each for each in STALE if each.severity == severity and each.id != CLOSED_PLATFORM]


def all_places(sight: Sight) -> Iterator[Place]:
    """Every text that a shopper may come to read: first what people write, then what is made of it."""
    yield from written(sight)
    yield from _shown(sight)


def written(sight: Sight) -> Iterator[Place]:
    """What people have written: the theme's makers and the owner."""
    yield from _templates(sight)
    yield from own_texts(sight)


def own_texts(sight: Sight) -> Iterator[Place]:
    """What the owner has written: pages, departments, goods, newsletters to come, words of profile and shipping."""
    yield from _pages(sight)
    yield from _departments(sight)
    yield from _goods(sight)
    yield from _newsletters(sight)
    yield from _owners_words(sight)


def _faults(sight: Sight, wordings: Sequence[StaleText]) -> Iterator[Fault]:
    found = find(sight, wordings)
    for each in found[:_MOST_FAULTS]:
        yield Fault(each.sentence, each.place.path)
    if len(found) > _MOST_FAULTS:
        yield Fault(f"Dazu kommen {len(found) - _MOST_FAULTS} weitere Stellen: python3 run.py check --texts")


def _in(place: Place, stale: list[StaleText]) -> Iterator[Found]:
    lowered = place.text.casefold()
    for each in stale:
        is_asked = place.kind in each.kinds and each.id not in place.spares
        if not is_asked or not any(clue in lowered for clue in each.clues):
            continue
        for hit in each.hits(place.text):
            line = place.text.count("\n", 0, hit.start()) + 1
            yield Found(each, place, line, " ".join(re.sub(r"<[^>]*>", " ", hit[0]).split()))


def _templates(sight: Sight) -> Iterator[Place]:
    """The theme's files and its parents', without their comments."""
    for folder in themes.chain(sight.shop.settings.themes, sight.shop.settings.theme):
        for file in sorted(each for ending in ("html", "txt", "md", "toml") for each in folder.rglob(f"*.{ending}")):
            if file.name.startswith("LICENSE"):
                continue
            kind = PAPER if "print" in file.relative_to(folder).parts else TEMPLATE
            text = _COMMENT.sub(_only_lines, file.read_text(encoding="utf-8"))
            yield Place(kind, f"Vorlage {_short(file, folder)}", text)


def _short(file: Path, folder: Path) -> str:
    return f"{folder.name}/{file.relative_to(folder).as_posix()}"


def _only_lines(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")


def _pages(sight: Sight) -> Iterator[Place]:
    """Every page of text as it stands now."""
    newest = select(func.max(PageVersion.id)).group_by(PageVersion.slug)
    for page in sight.session.exec(select(PageVersion).where(col(PageVersion.id).in_(newest))).all():
        yield Place(PAGE, f"Seite „{page.title}“", f"{page.title}\n{page.body}", f"/backoffice/seiten/{page.slug}")


def _departments(sight: Sight) -> Iterator[Place]:
    for each in sight.session.exec(select(Category)).all():
        path = f"/backoffice/kategorien/{each.id}"
        yield Place(GOODS, f"Kategorie „{each.name}“", f"{each.name}\n{each.description}", path)


def _goods(sight: Sight) -> Iterator[Place]:
    """The texts of all goods, drafts too, field by field; without the ORM, for there may be many."""
    columns = (Product.id, Product.name, Product.unit, Product.summary, Product.description, Product.warnings)
    rows = sight.session.connection().execute(rows_of(*columns))  # type: ignore[call-overload]
    for product_id, name, unit, summary, description, warnings in rows:
        spares = frozenset({_PRICED_LOOSE}) if unit == Unit.WEIGHT else frozenset()
        texts = {"Name": name, "Kurztext": summary, "Beschreibung": description, "Warnhinweise": warnings}
        for field, text in texts.items():
            if text:
                path = f"/backoffice/artikel/{product_id}"
                yield Place(GOODS, f"Artikel „{name}“, {field}", text, path, spares)


def _newsletters(sight: Sight) -> Iterator[Place]:
    """Those that have not gone out; what has is never changed."""
    for issue in sight.session.exec(select(NewsletterIssue).where(col(NewsletterIssue.released_at).is_(None))).all():
        text = f"{issue.subject}\n{issue.body}"
        yield Place(PAGE, f"Newsletter „{issue.subject}“", text, f"/backoffice/newsletter/{issue.id}")


def _owners_words(sight: Sight) -> Iterator[Place]:
    owner = sight.owner
    for what, text in (("Name", owner.shop_name), ("Spruch", owner.claim), ("Öffnungszeiten", owner.opening_hours)):
        yield Place(OWNER, f"Mein Laden, {what}", text, "/backoffice/laden")
    for method in sight.session.exec(select(ShippingMethod)).all():
        yield Place(OWNER, f"Versandart „{method.name}“", f"{method.name}\n{method.note}", "/backoffice/laden/versand")


def _shown(sight: Sight) -> Iterator[Place]:
    """The specimen's pages and letters, as a shopper gets them."""
    seen = specimen.of(sight)
    for page in seen.pages.values():
        yield Place(SHOWN, f"Im Laden, Seite „{page.name}“", _COMMENT.sub(_only_lines, page.html))
    for letter in seen.letters.values():
        yield Place(LETTER, f"Brief „{letter.subject}“", f"{letter.subject}\n{letter.text}")


def _days(severity: str) -> tuple[date, ...]:
    """The days from which on more wordings are stale, the first one first."""
    return tuple(sorted({each.since for each in _of(severity)}))


def _rule(name: str, severity: str, duty: str, look: Callable[[Sight], Iterable[Fault]]) -> Rule:
    first, *later = _days(severity)
    kept = "Das Programm liest Vorlagen, Seiten, Artikel und Briefe; „check --texts“ nennt jede Stelle."
    return Rule(name, "§ 5a UWG und die genannten Gesetze", first, severity, duty, kept, look, turns=tuple(later))


RULES: tuple[Rule, ...] = (
    _rule("A13", ERROR, "Kein Text nennt abgeschafftes Recht oder verspricht weniger, als das Gesetz gibt.", errors),
    _rule("A13b", WARNING, "Kein Text gebraucht Worte, die überholt oder zu ungenau sind.", hints),
)
