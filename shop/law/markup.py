"""A page as a tree of elements, so that rules of law can look at what a shopper is shown and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from catalog.money import format_cents

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CLOSES_ITSELF = frozenset("li p option dt dd tr td th".split())
_SILENT = frozenset("script style template".split())


@dataclass(eq=False)
class Element:
    """An element with its attributes (a bare one has the value "") and what stands in it, in the page's order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    parent: "Element | None" = None

    def __getitem__(self, name: str) -> str:
        """An attribute; "" where there is none."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> set[str]:
        """The names in its `class`."""
        return set(self["class"].split())

    @property
    def text(self) -> str:
        """What is read in it: one line, without soft hyphens, scripts and what is only for styles."""
        return plain("".join(self._words()))

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in _SILENT:
                yield " "
                yield from child._words()
                yield " "

    def walk(self) -> Iterator["Element"]:
        """Itself and all elements within it, in the page's order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str, **attributes: str) -> list["Element"]:
        """The elements within it with one of these tags (none named: any) and all these attributes."""
        return [
            each
            for each in self.walk()
            if each is not self
            and (not tags or each.tag in tags)
            and all(each.attributes.get(name) == value for name, value in attributes.items())
        ]

    def above(self) -> Iterator["Element"]:
        """The elements around it, the nearest first."""
        around = self.parent
        while around is not None:
            yield around
            around = around.parent

    def link(self, text: str) -> "Element | None":
        """The first link that reads so, and nothing else."""
        return next((each for each in self.all("a") if each.text == text), None)

    def links_to(self, path: str) -> list["Element"]:
        """The links to a page of the shop, whatever they say after `?` and `#`."""
        return [each for each in self.all("a") if each["href"].partition("#")[0].partition("?")[0] == path]


def parse(html: str) -> Element:
    """A page (or a piece of one) as a tree under an element that has no tag."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def plain(text: str) -> str:
    """Text as it is read: one blank for any number of blanks, line ends and no-break spaces, no soft hyphens."""
    return " ".join(text.replace("\u00ad", "").split())


def cents(amount: int) -> str:
    """A sum as it is read on a page: 1290 is "12,90 €"."""
    return plain(format_cents(amount))


def buttons(element: Element) -> list[Element]:
    """What sends a form: <button> unless it is of another type, <input type="submit"> or "image"."""
    return [
        each
        for each in element.all("button", "input")
        if (each.tag == "button" and each["type"] in ("", "submit"))
        or (each.tag == "input" and each["type"] in ("submit", "image"))
    ]


def words_on(button: Element) -> str:
    """What stands on a button."""
    return button.text if button.tag == "button" else button["value"]


def fields_of(form: Element) -> dict[str, str]:
    """What a form sends as it stands: hidden and typed values, what is ticked or chosen; no button."""
    sent: dict[str, str] = {}
    for each in form.all("input", "textarea", "select"):
        if each["name"] and "disabled" not in each.attributes:
            sent |= _sent_by(each)
    return sent


def _sent_by(field: Element) -> dict[str, str]:
    name = field["name"]
    if field.tag == "textarea":
        return {name: "".join(each for each in field.children if isinstance(each, str))}
    if field.tag == "select":
        options = field.all("option")
        chosen = next((each for each in options if "selected" in each.attributes), options[0] if options else None)
        return {name: chosen.attributes.get("value", chosen.text)} if chosen else {}
    if field["type"] in ("submit", "image", "button", "file"):
        return {}
    if field["type"] in ("radio", "checkbox"):
        return {name: field.attributes.get("value", "on")} if "checked" in field.attributes else {}
    return {name: field["value"]}


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._open = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _CLOSES_ITSELF and self._open.tag == tag and self._open.parent is not None:
            self._open = self._open.parent
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=self._open)
        self._open.children.append(element)
        if tag not in _VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.children.append(Element(tag, {name: value or "" for name, value in attrs}, parent=self._open))

    def handle_endtag(self, tag: str) -> None:
        closed = next((each for each in (self._open, *self._open.above()) if each.tag == tag), None)
        if closed is not None and closed.parent is not None:
            self._open = closed.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)
