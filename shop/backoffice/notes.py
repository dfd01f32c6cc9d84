"""Short confirmations that the next page shows: "Gespeichert."."""

from flask import flash


def say(sentence: str) -> None:
    """Confirm something on the page that follows."""
    flash(sentence, "done")


def warn(sentence: str) -> None:
    """Tell on the page that follows that something did not work."""
    flash(sentence, "problem")
