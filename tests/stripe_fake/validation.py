"""Holds the fake to Stripe's published schema, where the project's shared folder lies beside the code.

A stranger's copy of the code has no such folder: there the fake works unchecked.
"""

import importlib.util
import re
from functools import lru_cache
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "stripe"


class Validator(Protocol):
    """What slice_validate.py offers: each method lists what is wrong."""

    version: str
    doc: dict[str, Any]

    def request(self, method: str, path: str, body: bytes = b"") -> list[str]:
        """Problems of a request."""
        ...

    def response(self, method: str, path: str, obj: Any, status: int = 200) -> list[str]:
        """Problems of an answer."""
        ...

    def resource(self, name: str, obj: Any) -> list[str]:
        """Problems of an object."""
        ...

    def event(self, ev: Any) -> list[str]:
        """Problems of an event."""
        ...


def is_possible() -> bool:
    """Whether the schema and what reads it are on this machine."""
    return (FOLDER / "openapi-slice.json").exists() and importlib.util.find_spec("jsonschema") is not None


@lru_cache(maxsize=1)
def validator() -> Validator | None:
    """The validator of the schema; None where it is not possible."""
    if not is_possible():
        return None
    spec = importlib.util.spec_from_file_location("slice_validate", FOLDER / "slice_validate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["open"] = _read_whole  # it leaves closing its file to Python
    made: Validator = module.SliceValidator(FOLDER / "openapi-slice.json")
    return made


def _read_whole(path: Path) -> StringIO:
    return StringIO(path.read_text(encoding="utf-8"))


class Notes:
    """What does not agree with the schema, as it happens."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.checked = 0
        self._lock = Lock()

    def exchange(self, method: str, path: str, body: bytes, status: int, answer: Any) -> None:
        """Check a request and its answer; where the schema lacks the operation, the objects of the answer."""
        if known := validator():
            with self._lock:
                if not _covers(known, method, path):
                    self._add(f"answer to {method} {path}", _problems_of_objects(known, answer))
                    return
                self._add(f"{method} {path}", known.request(method, path, body) if status < 400 else [])
                self._add(f"answer to {method} {path}", known.response(method, path, answer, status))

    def event(self, event: Any) -> None:
        """Check an event."""
        if known := validator():
            with self._lock:
                self._add(f"event {event['type']}", known.event(event))

    def _add(self, where: str, problems: list[str]) -> None:
        self.checked += 1
        self.problems += [f"{where}: {each}" for each in problems]


def _covers(known: Validator, method: str, path: str) -> bool:
    """Whether the schema describes an operation."""
    wanted = urlsplit(path).path
    fits = [re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), wanted) for each in known.doc["paths"]]
    return any(
        match and method.lower() in operations
        for match, operations in zip(fits, known.doc["paths"].values(), strict=True)
    )


def _problems_of_objects(known: Validator, answer: Any) -> list[str]:
    things = answer.get("data", [answer])
    whole = [each for each in things if each.get("object") in known.doc["components"]["schemas"]]
    return [problem for each in whole if not each.get("deleted") for problem in known.resource(each["object"], each)]
