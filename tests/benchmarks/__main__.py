"""`python3 -m tests.benchmarks NAME [--json]`: measure, print a table, or one JSON object of figures."""

import argparse
import importlib
import json
import sys
from pathlib import Path

import run

NAMES = ("pages", "memory", "variants", "images", "checkout", "saturday", "import")
_MODULES = {"import": "importing"}  # what Python keeps for itself


def main() -> None:
    """Run one benchmark by name, in the environment that run.py makes."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.benchmarks")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="print one JSON object of figures")
    asked = parser.parse_args()
    if Path(sys.prefix).resolve() != run.ENVIRONMENT.resolve():
        run.install(run.TESTS_LOCK)
        run.become("tests.benchmarks", sys.argv[1:])
    figures: dict[str, float] = importlib.import_module(
        f"tests.benchmarks.{_MODULES.get(asked.name, asked.name)}"
    ).measure()
    if asked.json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:>10.2f}")


main()
