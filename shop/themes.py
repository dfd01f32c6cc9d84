"""Themes: a folder of templates and static files that overrides those of its parent."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, current_app, g, render_template, request, send_file
from jinja2 import FileSystemBytecodeCache, FileSystemLoader
from jinja2.bccache import Bucket

from catalog import categories, revisions
from catalog.categories import Category
from checkout import cart, wordings
from shop import artwork, led, profile
from shop.artwork import GuaranteeNotice
from shop.context import session
from shop.newsletter import issues
from shop.profile import Profile
from shop.settings import Settings

CART_COOKIE = "warenkorb"
_COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-fA-F]{3,8})\s*;")
_A_YEAR = 31_536_000

Tree = list[tuple[Category, list[Category]]]


def set_up(app: Flask, settings: Settings) -> None:
    """Let an app wear the theme of its settings."""
    folders = chain(settings.themes, settings.theme)
    app.jinja_loader = FileSystemLoader(folders)
    cache = settings.data / "cache"
    with suppress(OSError):
        cache.mkdir(exist_ok=True, mode=0o700)
    app.jinja_options = {"bytecode_cache": TemplateCache(str(cache)), "auto_reload": False}
    app.config["THEME_FILES"] = _static_files(folders)
    app.config["FRAME"] = {}
    app.jinja_env.globals.update(
        theme_static=theme_static,
        wordings=wordings,
        colours=colours(folders),
        official_notice=official_notice,
        has_newsletter=has_newsletter,
    )
    app.register_blueprint(_static)


class TemplateCache(FileSystemBytecodeCache):
    """Compiled templates on disk; where the disk is full or read-only, pages are shown all the same."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is kept of a template, if anything is."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template if there is room."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def chain(themes: Path, name: str) -> list[Path]:
    """The folders of a theme and its parents, the theme first."""
    folder = themes / name
    described = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
    parent = described.get("parent", "")
    return [folder, *(chain(themes, parent) if parent else [])]


def colours(folders: Sequence[Path]) -> dict[str, str]:
    """The colours of a theme for where no style sheet reaches, in letters: its tokens, "accent" → "#f4932f".

    Of `folders`, the theme comes first and then its parents; tokens that are no plain hexadecimal
    colour are those of the parent.
    """
    found: dict[str, str] = {}
    for folder in reversed(folders):
        for name in ("tokens.css", "theme.css"):
            file = folder / "static" / "css" / name
            if file.is_file():
                found |= dict(_COLOUR.findall(file.read_text(encoding="utf-8")))
    return {name.replace("-", "_"): colour for name, colour in found.items()}


def render(template: str, **context: Any) -> str:
    """Render a storefront template with what stands on every page."""
    shop, tree = frame()
    if shop.is_small_business and not getattr(context.get("review"), "is_exempt", True):
        shop = Profile(**shop.model_dump() | {"is_small_business": False})  # this cart is taxed: no word of exemption
    return render_template(template, shop=shop, categories=tree, cart_count=cart_count(), led=led.line(), **context)


def frame() -> tuple[Profile, Tree]:
    """The profile and the category tree, read again only when one of them has changed."""
    number = shop_revision()
    kept: dict[str, Any] = current_app.config["FRAME"]
    if kept.get("number") != number:
        stands = (profile.load(session()), categories.tree(session()))
        kept.update(number=number, frame=stands, newsletter=issues.is_on(session()))
    read: tuple[Profile, Tree] = kept["frame"]
    return read


def has_newsletter() -> bool:
    """Whether the shop has a newsletter; read again only when what stands on every page has changed."""
    frame()
    is_on: bool = current_app.config["FRAME"]["newsletter"]
    return is_on


def shop_revision() -> int:
    """How often what stands on every page has changed; one query a request."""
    if "shop_revision" not in g:
        g.shop_revision = revisions.current(session())
    number: int = g.shop_revision
    return number


def cart_count() -> int:
    """How many cuts and pieces lie in this visitor's cart; no query without a cart cookie."""
    token = cart_token()
    return cart.count(session(), token) if token else 0


def cart_token() -> str:
    """The secret of this visitor's cart, "" without one; the cookie may hold one of the browser's as well."""
    return request.cookies.get(CART_COOKIE, "").partition(".")[0]


def official_notice() -> GuaranteeNotice | None:
    """The official notice on the legal guarantee, for the pages that show it; one query."""
    return artwork.notice(session())


def theme_static(path: str) -> str:
    """The address of a theme's file; it changes with the content, so browsers may keep it."""
    address: str = current_app.config["THEME_FILES"][path].address
    return address


_static = Blueprint("theme", __name__)


@_static.get("/theme/<stamp>/<path:path>")
def static_file(stamp: str, path: str) -> Response:
    """A file of the theme or of its nearest parent that has it, whatever stamp an old page names."""
    found: StaticFile | None = current_app.config["THEME_FILES"].get(path)
    if found is None:
        abort(404)
    return send_file(found.file, max_age=_A_YEAR, conditional=True)


@dataclass(frozen=True)
class StaticFile:
    """A file of the theme, and the address that carries a stamp of its content."""

    file: Path
    address: str


def _static_files(folders: Sequence[Path]) -> dict[str, StaticFile]:
    """All static files by their path; those of a child stand before its parent's."""
    files: dict[str, StaticFile] = {}
    for folder in reversed(folders):
        for file in sorted((folder / "static").rglob("*")):
            if file.is_file():
                path = file.relative_to(folder / "static").as_posix()
                stamp = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
                files[path] = StaticFile(file, f"/theme/{stamp}/{quote(path)}")
    return files
