"""`python3 -m tests.benchmarks NAME [--json]`: measure, print a table, or one JSON object of figures."""

import argparse
import importlib
import json
import sys
from pathlib import Path

import run

NAMES = (
    "pages",
    "memory",
    "variants",
    "images",
    "checkout",
    "saturday",
    "invoices",
    "import",
    "search",
    "ranking",
    "papers",
)
_MODULES = {"import": "importing", "search": "searching"}  # what Python keeps for itself
_WITH_OPTIONS = ("ranking",)  # those that have options of their own


def main() -> None:
    """Run one benchmark by name, in the environment that run.py makes."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.benchmarks")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="print one JSON object of figures")
    asked, options = parser.parse_known_args()
    if options and asked.name not in _WITH_OPTIONS:
        parser.error(f"{asked.name} has no such options: {' '.join(options)}")
    if Path(sys.prefix).resolve() != run.ENVIRONMENT.resolve():
        run.install(run.TESTS_LOCK)
        run.become("tests.benchmarks", sys.argv[1:])
    figures: dict[str, float] = importlib.import_module(
        f"tests.benchmarks.{_MODULES.get(asked.name, asked.name)}"
    ).measure(*options)
    if asked.json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:>10.3f}")


main()
