"""The code is formatted, linted, typed and layered; part of the tests, so one command says it all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
TYPED = ("run.py", "catalog", "checkout", "shop", "tests")


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("mypy", "--strict", *TYPED),
        ("lint-imports",),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_code_is_clean(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)
