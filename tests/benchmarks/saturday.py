"""A Saturday: 1,000 orders in ten minutes through the real server, with one restart; then the books are compared.

DORFLADEN_TEST_PACE=2 lets the ten minutes be five; DORFLADEN_TEST_SEED repeats the dice of another day.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

from tests.town.saturday import Plan, Report, spend

SHOPPERS = 1000
LASTS_S = 600.0


def measure() -> dict[str, float]:
    """Orders, milliseconds of the confirm request, what shoppers saw, MB of the shop. Raises where books disagree."""
    pace = float(os.environ.get("DORFLADEN_TEST_PACE") or 1)
    seed = int(os.environ.get("DORFLADEN_TEST_SEED") or random.SystemRandom().randrange(10**6))
    plan = Plan(shoppers=SHOPPERS, lasts_s=LASTS_S / pace, seed=seed)
    _say(f"{plan.shoppers} shoppers in {plan.lasts_s:.0f} s, DORFLADEN_TEST_SEED={seed}")
    with tempfile.TemporaryDirectory() as folder:
        report = spend(plan, Path(folder), _say)
    for wrong in report.wrongs:
        _say(wrong)
    if report.wrongs:
        sys.exit(1)
    return figures(report)


def figures(report: Report) -> dict[str, float]:
    """A report in numbers."""
    notes = report.notes
    return (
        {
            "seconds": report.took_s,
            "orders": report.orders.total(),
            "orders/min": report.orders.total() / report.took_s * 60,
        }
        | {f"orders {state}": number for state, number in sorted(report.orders.items())}
        | {f"confirm p{percent} ms": report.confirm_ms(percent) for percent in (50, 95)}
        | {"confirm max ms": report.confirm_ms(100)}
        | {f"shoppers told: {kind}": number for kind, number in sorted(notes.refusals.items())}
        | {f"shoppers saw: {kind}": number for kind, number in sorted(notes.troubles.items())}
        | {"shoppers gave up": len(notes.gave_up), "letters": report.letters}
        | {"letters in doubt": report.letters_in_doubt, "transfers uploaded": report.transfers}
        | {f"notices {kind}": number for kind, number in report.post.items()}
        | {f"done to the shop: {kind}": number for kind, number in sorted(report.kills.items())}
        | {"peak PSS MB": report.memory_mb, "wrong": len(report.wrongs)}
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
