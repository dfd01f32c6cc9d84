"""Searches that lead to a page instead of a list: "gutschein" to the gift vouchers. The owner makes them.

A path is always one of this shop's own: whether there is such a page beside the goods is for the house to say,
which hands in `pages`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import redirects
from catalog.categories import Category
from catalog.products import Product
from catalog.refusals import Refusal
from catalog.search.wording import LONGEST, key, tidy
from catalog.times import moment

LONGEST_PATH = 300
_GOODS = re.compile(r"/(artikel|kategorie)/([a-z0-9-]{1,90})")
_QUERY = re.compile(r"[A-Za-z0-9%&=+._~,-]*")

IsPage = Callable[[str], bool]


class Shortcut(SQLModel, table=True):
    """Where a search leads: `words` as they are typed, `key` as they are compared, `path` within the shop."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    words: str = Field(max_length=200)
    path: str = Field(max_length=300)
    author: str = ""
    created_at: datetime = moment()


_PATH = select(Shortcut.path).where(Shortcut.key == bindparam("key"))


class NotWords(Refusal):
    """What is searched has no words, or too many."""


class LedElsewhere(Refusal):
    """The words lead somewhere already; `other` is the shortcut that does so."""

    def __init__(self, other: Shortcut) -> None:
        super().__init__(f"„{other.words}“ führt schon zu {other.path}.")
        self.other = other


class NoSuchPlace(Refusal):
    """The address is none of this shop's, or nothing is there."""


def find(session: Session, text: str) -> Shortcut | None:
    """The shortcut of a search, whether its target is still there or not. One indexed read."""
    wanted = key(text) if len(text) <= 2 * LONGEST else ""
    return session.exec(select(Shortcut).where(Shortcut.key == wanted)).first() if wanted else None


def path_of(session: Session, text: str) -> str:
    """Where a search leads, "" if nowhere, whether the target is still there or not; for each search of a shopper.

    One indexed read without the ORM, in a third of the time of `find`.
    """
    wanted = key(text) if len(text) <= 2 * LONGEST else ""
    return session.connection().execute(_PATH, {"key": wanted}).scalar() or ""


def by_words(session: Session) -> Sequence[Shortcut]:
    """All of them, by their words."""
    return session.exec(select(Shortcut).order_by(col(Shortcut.key))).all()


def put(session: Session, shortcut: Shortcut | None, words: str, path: str, *, now: datetime, author: str) -> Shortcut:
    """Let a search lead to a path (checked by `target`): a new shortcut, or one that is changed. Flushes.

    Raises NotWords, LedElsewhere.
    """
    shown = tidy(words)
    if not key(shown) or len(shown) > LONGEST:
        raise NotWords(f"Bitte ein oder einige Wörter eintragen, höchstens {LONGEST} Zeichen, zum Beispiel Gutschein.")
    other = find(session, shown)
    if other is not None and (shortcut is None or other.id != shortcut.id):
        raise LedElsewhere(other)
    kept = shortcut or Shortcut(key="", words="", path="", created_at=now)
    kept.key, kept.words, kept.path, kept.author, kept.created_at = key(shown), shown, path, author, now
    session.add(kept)
    session.flush()
    return kept


def begin(session: Session, first: Mapping[str, str], *, now: datetime, author: str) -> None:
    """Give a new shop some shortcuts, words → path; words that lead somewhere already are left alone. Flushes."""
    for words, path in first.items():
        if find(session, words) is None:
            put(session, None, words, path, now=now, author=author)


def remove(session: Session, shortcut: Shortcut) -> None:
    """Let its words be searched again. Flushes."""
    session.delete(shortcut)
    session.flush()


def target(session: Session, text: str, *, own_hosts: Sequence[str], is_page: IsPage) -> str:
    """The path within the shop that a pasted address means: "https://laden.example/artikel/x#oben" is "/artikel/x".

    Raises NoSuchPlace for an address of another host, and for one where nothing is. A choice of filters behind the
    "?" of a department is kept.
    """
    parts = _split(_without_host(text.strip(), own_hosts))
    if parts is None or (parts.netloc and parts.netloc.lower() not in own_hosts):
        raise NoSuchPlace("Bitte eine Seite Ihres Ladens wählen. Zu fremden Seiten führt die Suche nicht.")
    path = "/" + parts.path.lstrip("/")
    if _GOODS.fullmatch(path) and parts.query and _QUERY.fullmatch(parts.query):
        path = f"{path}?{parts.query}"
    if len(path) > LONGEST_PATH or not is_there(session, path, is_page):
        raise NoSuchPlace("Diese Seite gibt es in Ihrem Laden nicht. Öffnen Sie sie und kopieren Sie die Adresse.")
    return path


def is_there(session: Session, path: str, is_page: IsPage) -> bool:
    """Whether shoppers find something at a path today; an old address that leads on counts."""
    goods = _GOODS.fullmatch(path.partition("?")[0])
    if goods is None:
        return is_page(path)
    kind, slug = goods.groups()
    return _product_at(session, slug) if kind == "artikel" else _category_at(session, slug)


def _without_host(address: str, own_hosts: Sequence[str]) -> str:
    """What some browsers show: an address without "https://"."""
    host, slash, rest = address.partition("/")
    return slash + rest if slash and host.lower() in own_hosts else address


def _split(address: str) -> SplitResult | None:
    if not address or not address.isprintable() or "\\" in address or "@" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    return parts if is_web or not (parts.scheme or parts.netloc) else None


def _product_at(session: Session, slug: str) -> bool:
    shown = select(Product.id).where(Product.slug == slug, col(Product.published_at).is_not(None))
    return session.exec(shown).first() is not None or redirects.product_at(session, slug) is not None


def _category_at(session: Session, slug: str) -> bool:
    here = session.exec(select(Category.id).where(Category.slug == slug)).first()
    return here is not None or redirects.category_at(session, slug) is not None
