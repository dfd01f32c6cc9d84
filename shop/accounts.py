"""Who may enter the backoffice: accounts with salted slow hashes, and throttled sign-in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class Account(SQLModel, table=True):
    """A person of the shop. `session_key` changes with the password and ends all sessions."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    password_hash: str
    session_key: str
    created_at: datetime = moment()


class SignInFailure(SQLModel, table=True):
    """A failed sign-in; counted per name and per origin (a salted hash, no address is stored)."""

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True, max_length=120)
    failed_at: datetime = moment(index=True)
