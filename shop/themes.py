"""Themes: a folder of templates and static files that overrides those of its parent."""

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, render_template, request, send_file, url_for
from jinja2 import FileSystemBytecodeCache, FileSystemLoader

from catalog import categories, revisions
from catalog.categories import Category
from checkout import cart, wordings
from shop import profile
from shop.context import session
from shop.profile import Profile
from shop.settings import Settings

CART_COOKIE = "warenkorb"
_A_YEAR = 31_536_000

Tree = list[tuple[Category, list[Category]]]


def set_up(app: Flask, settings: Settings) -> None:
    """Let an app wear the theme of its settings."""
    folders = chain(settings.themes, settings.theme)
    app.jinja_loader = FileSystemLoader(folders)  # type: ignore[misc]
    cache = settings.data / "cache"
    cache.mkdir(exist_ok=True, mode=0o700)
    app.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(cache)), "auto_reload": False}
    app.config["THEME_FOLDERS"] = folders
    app.config["FRAME"] = {}
    app.jinja_env.globals.update(theme_static=theme_static, wordings=wordings)
    app.register_blueprint(_static)


def chain(themes: Path, name: str) -> list[Path]:
    """The folders of a theme and its parents, the theme first."""
    folder = themes / name
    described = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
    parent = described.get("parent", "")
    return [folder, *(chain(themes, parent) if parent else [])]


def render(template: str, **context: Any) -> str:
    """Render a storefront template with what stands on every page."""
    shop, tree = frame()
    return render_template(template, shop=shop, categories=tree, cart_count=cart_count(), **context)


def frame() -> tuple[Profile, Tree]:
    """The profile and the category tree, read again only when one of them has changed."""
    number = shop_revision()
    kept: dict[str, Any] = current_app.config["FRAME"]
    if kept.get("number") != number:
        kept.update(number=number, frame=(profile.load(session()), categories.tree(session())))
    read: tuple[Profile, Tree] = kept["frame"]
    return read


def shop_revision() -> int:
    """How often what stands on every page has changed; one query a request."""
    if "shop_revision" not in g:
        g.shop_revision = revisions.current(session())
    number: int = g.shop_revision
    return number


def cart_count() -> int:
    """How many cuts and pieces lie in this visitor's cart; no query without a cart cookie."""
    token = request.cookies.get(CART_COOKIE)
    return cart.count(session(), token) if token else 0


def theme_static(path: str) -> str:
    """The address of a theme's file; it changes with the content, so browsers may keep it."""
    return url_for("theme.static_file", stamp=_stamp(str(_find(path))), path=path)


_static = Blueprint("theme", __name__)


@_static.get("/theme/<stamp>/<path:path>")
def static_file(stamp: str, path: str) -> Response:
    """A file of the theme or of its nearest parent that has it."""
    return send_file(_find(path), max_age=_A_YEAR, conditional=True)


def _find(path: str) -> Path:
    for folder in current_app.config["THEME_FOLDERS"]:
        file: Path = (folder / "static" / path).resolve()
        if file.is_relative_to(folder / "static") and file.is_file():
            return file
    abort(404)


@lru_cache(maxsize=512)
def _stamp(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:10]
