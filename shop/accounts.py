"""Who may enter the backoffice: accounts with salted slow hashes, and throttled sign-in."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, select
from werkzeug.security import check_password_hash, generate_password_hash

from catalog.refusals import Refusal
from catalog.times import moment
from shop import throttle
from shop.db import Database
from shop.throttle import Who

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 200  # a longer one only keeps the machine busy
_MEMORY = timedelta(hours=6)  # how long a failure counts
_FREE_TRIES = 5
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = {"sign_in_name": timedelta(minutes=1), "sign_in_origin": timedelta(minutes=15)}

_NOBODYS_HASH = f"scrypt:32768:8:1$nobody${'0' * 128}"  # as slow as a real one, and no password fits


class Account(SQLModel, table=True):
    """A person of the shop. `session_key` changes with the password and ends all sessions."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    password_hash: str
    session_key: str
    created_at: datetime = moment()


class NotAnAccount(Refusal):
    """The name is empty or taken, or the password is too weak."""


class NoSuchAccount(Refusal):
    """Nobody of that name may enter."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(f"Ein Konto „{name}“ gibt es nicht. Es gibt: {', '.join(names)}")


class LastAccount(Refusal):
    """Without the last account nobody could enter."""


class SignInRefused(Refusal):
    """Name and password do not belong together; it is not said which of them is wrong."""

    def __init__(self) -> None:
        super().__init__("Name oder Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.")


class WrongPassword(Refusal):
    """Who changes a password must know the old one."""


class TooManyTries(Refusal):
    """Too many failures in a row; nothing is checked before `wait` is over."""

    def __init__(self, wait: timedelta) -> None:
        seconds = int(wait.total_seconds()) + 1
        pause = f"{seconds} Sekunden" if seconds < 90 else f"{-(-seconds // 60)} Minuten"
        super().__init__(f"Das waren viele Versuche. Bitte warten Sie {pause} und versuchen Sie es dann noch einmal.")
        self.wait = wait


def add(session: Session, name: str, password: str, now: datetime) -> Account:
    """Add a person. Raises NotAnAccount. Takes a quarter of a second for the hash. Flushes."""
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise NotAnAccount("Bitte nennen Sie einen Namen mit höchstens 80 Zeichen.")
    check_strength(password, name)
    if _named(session, name) is not None:
        raise NotAnAccount(f"Den Namen „{name}“ gibt es schon. Bitte nehmen Sie einen anderen.")
    account = Account(name=name, password_hash=_hash(password), session_key=_new_key(), created_at=now)
    session.add(account)
    session.flush()
    return account


def make_password() -> str:
    """A strong password (57 bits) that can be read out and typed on a phone: "bakelu-tomire-safino"."""
    syllables = [secrets.choice("bdfgklmnprstwzhjv") + secrets.choice("aeiou") for _ in range(9)]
    return "-".join("".join(syllables[start : start + 3]) for start in (0, 3, 6))


def check_strength(password: str, name: str = "") -> None:
    """Refuse a password that is easily guessed. Raises NotAnAccount."""
    if len(password) < SHORTEST_PASSWORD:
        raise NotAnAccount(f"Das Passwort braucht mindestens {SHORTEST_PASSWORD} Zeichen.")
    if len(password) > _LONGEST_PASSWORD:
        raise NotAnAccount(f"Das Passwort darf höchstens {_LONGEST_PASSWORD} Zeichen haben.")
    if len(set(password.casefold())) < 5 or (name and password.casefold() == name.casefold()):
        raise NotAnAccount("Dieses Passwort ist zu leicht zu erraten. Bitte nehmen Sie ein anderes.")


def authenticate(database: Database, name: str, password: str, *, origin: Who, now: datetime) -> Account:
    """The account of a name and password. Raises TooManyTries or SignInRefused, alike for unknown names.

    A try is written down as failed before the password is checked, and struck out if it was right:
    so a hundred tries at once are counted as well. The slow check holds no transaction open.
    """
    tried_by = {"sign_in_name": _who(name), "sign_in_origin": origin}
    with database.writing() as session:
        for kind, who in tried_by.items():
            throttle.one_by_one(session, f"{kind}:{who}")
            _refuse_early(session, kind, who, now)
        for kind, who in tried_by.items():
            throttle.note(session, kind, who, now)
        account = _named(session, name)
    if not _is_right(account, password) or account is None:
        raise SignInRefused
    with database.writing() as session:
        for kind, who in tried_by.items():
            throttle.forget(session, kind, who)
    return account


def change_password(database: Database, account: Account, old: str, new: str) -> Account:
    """Give an account another password; all its sessions end. Raises WrongPassword or NotAnAccount."""
    if not check_password_hash(account.password_hash, old[:_LONGEST_PASSWORD]):
        raise WrongPassword("Das bisherige Passwort stimmt nicht.")
    check_strength(new, account.name)
    new_hash = _hash(new)
    with database.writing() as session:
        changed = session.get_one(Account, account.id)
        changed.password_hash, changed.session_key = new_hash, _new_key()
        session.add(changed)
    return changed


def give_password(session: Session, name: str, password: str) -> Account:
    """Give somebody who has forgotten hers another password; all her sessions end. Raises NoSuchAccount. Flushes."""
    account = _existing(session, name)
    account.password_hash, account.session_key = _hash(password), _new_key()
    session.add(account)
    session.flush()
    return account


def remove(session: Session, name: str) -> str:
    """Close an account and all its sessions; gives its name. Raises NoSuchAccount, LastAccount. Flushes."""
    account = _existing(session, name)
    if session.exec(select(func.count()).select_from(Account)).one() == 1:
        raise LastAccount("Das ist das einzige Konto. Bitte legen Sie zuerst ein anderes an: user add NAME")
    name = account.name
    session.delete(account)
    session.flush()
    return name


def _existing(session: Session, name: str) -> Account:
    account = _named(session, name)
    if account is None:
        raise NoSuchAccount(name, [each.name for each in session.exec(select(Account)).all()])
    return account


def _refuse_early(session: Session, kind: str, who: Who, now: datetime) -> None:
    failed = throttle.seen(session, kind, who, within=_MEMORY, now=now)
    if failed.last and failed.times >= _FREE_TRIES and failed.last + _pause(kind, failed.times) > now:
        raise TooManyTries(failed.last + _pause(kind, failed.times) - now)


def _who(name: str) -> Who:
    return Who(hashlib.sha256(_folded(name).encode()).hexdigest()[:32])


def _pause(kind: str, failures: int) -> timedelta:
    """Doubled with each failure; a name's pause stays short, or strangers could lock the owner out."""
    doublings = min(failures - _FREE_TRIES, 10)
    pause: timedelta = _FIRST_PAUSE * 2**doublings
    return min(pause, _LONGEST_PAUSE[kind])


def _is_right(account: Account | None, password: str) -> bool:
    """Check the password, as slowly for a name that does not exist."""
    known_hash = account.password_hash if account else _NOBODYS_HASH
    return check_password_hash(known_hash, password[:_LONGEST_PASSWORD]) and account is not None


def _named(session: Session, name: str) -> Account | None:
    wanted = _folded(name)
    return next((each for each in session.exec(select(Account)).all() if _folded(each.name) == wanted), None)


def _folded(name: str) -> str:
    return name.strip().casefold()


def _hash(password: str) -> str:
    return generate_password_hash(password, method="scrypt")


def _new_key() -> str:
    return secrets.token_urlsafe(16)
