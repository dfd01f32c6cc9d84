"""Stripe's keys: what the host has set, else what the owner has pasted in the backoffice.

Those of the owner stand in `stripe.toml` in the data folder, readable by nobody else. They are in no
backup, as all keys; and running processes take a changed file up at once, for they look at it each time.
"""

import json
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from shop.settings import Settings

FILE = "stripe.toml"
KEPT_SECRETS = 2  # the webhook's own, and the one before it while Stripe still repeats old notices


@dataclass(frozen=True)
class Keys:
    """What the shop knows of its Stripe account.

    `webhook_secrets` newest first; `endpoint_id` is the webhook that the shop has registered itself.
    `proof_session` is the page that was opened and ended to prove that notices arrive, `proof_asked_at`
    when (seconds since 1970). `account` is the name that the account told.
    """

    secret_key: str = ""
    webhook_secrets: tuple[str, ...] = ()
    endpoint_id: str = ""
    account: str = ""
    proof_session: str = ""
    proof_asked_at: int = 0
    is_of_host: bool = False  # set by environment or settings.toml: the backoffice cannot change it

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return self.secret_key.startswith(("sk_live_", "rk_live_"))

    def with_secret(self, secret: str) -> "Keys":
        """The same with a new webhook secret; the one before it still holds."""
        return replace(self, webhook_secrets=(secret, *self.webhook_secrets)[:KEPT_SECRETS])


def read(settings: Settings) -> Keys:
    """The keys as they are this moment."""
    return _of_host(settings) if settings.stripe_secret_key else _of_file(settings.data / FILE)


def write(settings: Settings, keys: Keys) -> None:
    """Keep the owner's keys, whole or not at all, for nobody else to read."""
    values = {name: value for name, value in asdict(keys).items() if name != "is_of_host" and value}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    handle, name = tempfile.mkstemp(dir=settings.data, prefix=".stripe-")  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(settings.data / FILE)
    finally:
        Path(name).unlink(missing_ok=True)


class Told(Mapping[str, str]):
    """The host's settings as ways to pay read them, with Stripe's keys as they are this moment."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._values = {name: str(value) for name, value in asdict(settings).items()}
        self._seen: tuple[object, Keys] = (None, Keys())

    def __getitem__(self, name: str) -> str:
        return self._keys().secret_key if name == "stripe_secret_key" else self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _keys(self) -> Keys:
        """Read anew only when the file is another one."""
        stamp = _stamp(self._settings.data / FILE)
        if self._seen[0] != (stamp,):
            self._seen = ((stamp,), read(self._settings))
        return self._seen[1]


def _of_host(settings: Settings) -> Keys:
    secrets = tuple(settings.stripe_webhook_secrets.split())
    return Keys(settings.stripe_secret_key, secrets, is_of_host=True)


def _of_file(path: Path) -> Keys:
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return Keys()
    return Keys(
        secret_key=str(told.get("secret_key", "")),
        webhook_secrets=tuple(str(each) for each in told.get("webhook_secrets", ())),
        endpoint_id=str(told.get("endpoint_id", "")),
        account=str(told.get("account", "")),
        proof_session=str(told.get("proof_session", "")),
        proof_asked_at=int(told.get("proof_asked_at", 0)),
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns
