"""What taking an import back does, and what it leaves as it is: told before, and kept afterwards."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

MOST = 1000  # remarks that are kept; the rest is counted


@dataclass(frozen=True)
class Left:
    """Something that is not put back, and why. `sku` and `column` are empty where it concerns the whole article."""

    article: str
    sku: str
    column: str
    reason: str

    def __str__(self) -> str:
        name = f"„{self.article}“" + (f" ({self.sku})" if self.sku else "")
        return ", ".join(filter(None, [name, self.column])) + f": {self.reason}"


@dataclass
class Report:
    """How many articles go back to what they were, are deleted, become drafts; and what is left as it is."""

    back: int = 0
    deleted: int = 0
    drafts: int = 0
    left: list[Left] = field(default_factory=list)
    left_in_all: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """How many articles are not as the import left them any more."""
        return self.back + self.deleted + self.drafts

    @property
    def does_nothing(self) -> bool:
        """Whether nothing goes back."""
        return not self.articles

    def leave(self, each: Left) -> None:
        """Say that something stays."""
        self.left_in_all += 1
        if len(self.left) < MOST:
            self.left.append(each)

    def add(self, other: "Report") -> None:
        """Add what another portion does."""
        self.back += other.back
        self.deleted += other.deleted
        self.drafts += other.drafts
        self.left_in_all += other.left_in_all
        self.left += other.left[: MOST - len(self.left)]
        self.notes += other.notes

    def as_json(self) -> dict[str, Any]:
        """As `import --undo N --json` gives it and the row keeps it."""
        return asdict(self)


def from_json(kept: dict[str, Any]) -> Report:
    """Give back the report that `as_json` wrote; an empty one where nothing was kept."""
    left: Sequence[dict[str, str]] = kept.get("left", ())
    return Report(**(kept | {"left": [Left(**each) for each in left]})) if kept else Report()
