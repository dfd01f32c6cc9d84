"""What the host sets: from the environment and `settings.toml` in the data folder.

The environment wins. A value that makes no sense is refused with a sentence that names it.
"""

import fcntl
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalog.refusals import Refusal

WHOOSH, FTS5, POSTGRESQL = SEARCH_ENGINES = ("whoosh", "fts5", "postgresql")


class BadSetting(Refusal):
    """A setting is unknown or makes no sense."""


@dataclass(frozen=True)
class Settings:
    """The host's settings. Each is read from DORFLADEN_<NAME> or from `settings.toml`.

    data: the folder that holds everything of the shop.
    database_url: another database (PostgreSQL) instead of the file in the data folder.
    url: where shoppers reach the shop, such as https://naehladen.example; used in letters and by Stripe.
    host, port: where the server listens.
    theme: the folder in themes/ that the shop wears.
    smtp_url: the mail server, smtp://user:password@host:587 (STARTTLS) or smtps://…:465.
    mail_from: the sender of letters; empty means the address in the shop's profile.
    stripe_secret_key, stripe_webhook_secrets: Stripe's keys; several secrets separated by blanks.
    stripe_api: another address of Stripe's API, for tests only.
    secret_key: signs cookies; made once and kept in the data folder when not set.
    proxies: how many trusted reverse proxies stand before the shop.
    workers: how many web processes `serve` starts.
    search_engine: which engine searches, whoosh, fts5 (in SQLite) or postgresql (in PostgreSQL).
    """

    data: Path
    database_url: str
    url: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    theme: str = "schnuckidu"
    smtp_url: str = ""
    mail_from: str = ""
    stripe_secret_key: str = ""
    stripe_webhook_secrets: str = ""
    stripe_api: str = ""
    proxies: int = 0
    workers: int = 2
    search_engine: str = "whoosh"

    @property
    def is_secure(self) -> bool:
        """Whether shoppers come by https, so that cookies may insist on it."""
        return self.url.startswith("https://")

    @property
    def media(self) -> Path:
        """The folder of pictures."""
        return self.data / "media"

    @property
    def artwork(self) -> Path:
        """The folder of official pictures that must not be altered."""
        return self.data / "artwork"

    @property
    def papers(self) -> Path:
        """The folder of invoices as files."""
        return self.data / "papers"

    @property
    def inbox(self) -> Path:
        """The folder of photographs that wait for the worker."""
        return self.data / "inbox"

    @property
    def index(self) -> Path:
        """The folder of the search index."""
        return self.data / "index"

    @property
    def exports(self) -> Path:
        """The folder of the files that are written by themselves."""
        return self.data / "export"

    @property
    def mail(self) -> Path:
        """The folder of letters of a shop without mail server."""
        return self.data / "mail"

    @property
    def themes(self) -> Path:
        """The folder of themes."""
        return Path(__file__).parent.parent / "themes"


_NUMBERS = {"port": (1, 65535), "proxies": (0, 5), "workers": (1, 16)}


def read_settings(data: Path, environment: Mapping[str, str], overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings of a data folder, which is made if it is new. Raises BadSetting."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = _from_file(data / "settings.toml") | _from_environment(environment) | dict(overrides or {})
    for name, (least, most) in _NUMBERS.items():
        if name in values:
            values[name] = _whole_number(name, values[name], least, most)
    values.setdefault("database_url", f"sqlite:///{data / 'shop.db'}")
    values.setdefault("url", f"http://{values.get('host', '127.0.0.1')}:{values.get('port', 8000)}")
    values.setdefault("secret_key", _secret_key(data / "secret.key"))
    settings = Settings(data=data, **values)
    _check(settings)
    return settings


def with_search_engine(settings: Settings, name: str) -> Settings:
    """These settings with another search engine. Raises BadSetting where the database does not fit it."""
    changed = replace(settings, search_engine=name)
    _check(changed)
    return changed


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path.name} ist nicht lesbar: {error}") from error
    known = {field.name for field in fields(Settings)} - {"data"}
    unknown = sorted(set(values) - known)
    if unknown:
        raise BadSetting(f"{path.name} kennt keine Einstellung „{unknown[0]}“. Möglich: {', '.join(sorted(known))}")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = [field.name for field in fields(Settings) if field.name != "data"]
    values = {name: environment[key] for name in names if (key := f"DORFLADEN_{name.upper()}") in environment}
    if "DATABASE_URL" in environment:
        values.setdefault("database_url", environment["DATABASE_URL"])
    return {name: value for name, value in values.items() if value != ""}


def _whole_number(name: str, value: Any, least: int, most: int) -> int:
    text = str(value)
    if not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(f"Die Einstellung {name} muss eine ganze Zahl von {least} bis {most} sein, nicht „{value}“.")
    return int(text)


def _secret_key(path: Path) -> str:
    """The kept key, made if there is none yet, or an empty one of a start that a full disk or a kill has ended."""
    if not path.exists() or not path.stat().st_size:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two first starts at once: one key
            if not file.read():
                file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _check(settings: Settings) -> None:
    parts = urlsplit(settings.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or settings.url.endswith("/"):
        raise BadSetting(f"Die Einstellung url muss so aussehen: https://naehladen.example, nicht „{settings.url}“.")
    if len(settings.secret_key) < 32:
        raise BadSetting("Die Einstellung secret_key braucht mindestens 32 Zeichen.")
    if not (settings.themes / settings.theme / "theme.toml").is_file():
        raise BadSetting(f"Das Theme „{settings.theme}“ gibt es nicht im Ordner themes/.")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise BadSetting("Die Einstellung smtp_url muss mit smtp:// oder smtps:// beginnen.")
    key = settings.stripe_secret_key
    if key and not key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise BadSetting("Die Einstellung stripe_secret_key muss mit sk_ oder rk_ beginnen.")
    _check_search_engine(settings.search_engine, is_sqlite=settings.database_url.startswith("sqlite"))
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://", "postgresql://")):
        raise BadSetting("Die Einstellung database_url muss mit sqlite:/// oder postgresql:// beginnen.")


def _check_search_engine(name: str, *, is_sqlite: bool) -> None:
    if name not in SEARCH_ENGINES:
        raise BadSetting(f"Die Einstellung search_engine kennt {', '.join(SEARCH_ENGINES)}, nicht „{name}“.")
    if name == FTS5 and not is_sqlite:
        raise BadSetting("Die Einstellung search_engine kann nur auf SQLite „fts5“ sein; hier passt „postgresql“.")
    if name == POSTGRESQL and is_sqlite:
        raise BadSetting("Die Einstellung search_engine kann nur auf PostgreSQL „postgresql“ sein; hier passt „fts5“.")
