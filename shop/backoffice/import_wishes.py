"""The form of an import: how a file is to be taken, as the owner ticks it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.exchange import wishes
from catalog.exchange.columns import COLUMNS
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.runs import ImportRun
from catalog.exchange.wishes import Missing, Only, Wishes
from catalog.refusals import Refusal

SIGNS = {"komma": ",", "punkt": "."}
NET = {"brutto": False, "netto": True}
LEAVE_OUT, AS_ATTRIBUTE = "-", "merkmal"
PARTS = {
    "": frozenset[str](),
    "preis": frozenset({"price_cents"}),
    "bestand": frozenset({"stock"}),
    "beides": frozenset({"price_cents", "stock"}),
}
_LARGEST_FACTOR = 100
_ASKED = frozenset({"decimal", "are_net", "factor", "full_cents", "only", "columns", "missing", "stock_is_change"})


class NotAWish(Refusal):
    """Something in the form makes no sense; `field` is where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def read(form: Mapping[str, str], run: ImportRun) -> Wishes:
    """The wishes of a form; what it does not ask stays as it was. Raises NotAWish."""
    before = wishes.from_json(run.wishes)
    return replace(
        before,
        decimal=SIGNS.get(form.get("zahlen", "")) or before.decimal,
        are_net=NET.get(form.get("netto", ""), before.are_net),
        factor=_factor(form.get("faktor", "")),
        full_cents=5 if form.get("runden") else 1,
        only=Only(_one_of(form.get("nur", ""), [each.value for each in Only])),
        columns=PARTS.get(form.get("teile", ""), frozenset()),
        missing=Missing(_one_of(form.get("fehlende", "keep"), [each.value for each in Missing])),
        stock_is_change=form.get("bestand") == "dazu",
        columns_of=_columns_of(form, run.plan.get("header", [])),
        said=_ASKED,
    )


def as_form(run: ImportRun) -> dict[str, Any]:
    """How the form stands for the wishes that an import has."""
    wished = wishes.from_json(run.wishes)
    parts = next((key for key, keys in PARTS.items() if keys == wished.columns), "")
    return {
        "zahlen": {",": "komma", ".": "punkt"}.get(wished.decimal or "", ""),
        "netto": "" if wished.are_net is None else ("netto" if wished.are_net else "brutto"),
        "faktor": "" if wished.factor == 1 else str(wished.factor).replace(".", ","),
        "runden": wished.full_cents > 1,
        "nur": wished.only.value,
        "teile": parts,
        "fehlende": wished.missing.value,
        "bestand": "dazu" if wished.stock_is_change else "",
        "spalten": {name: _choice(name, target) for name, target in wished.columns_of.items()},
    }


def typed(form: Mapping[str, str], run: ImportRun) -> dict[str, Any]:
    """How the form stands where it was sent and makes no sense: as it was typed."""
    header = run.plan.get("header", [])
    names = ("zahlen", "netto", "faktor", "nur", "teile", "fehlende", "bestand")
    return {name: form.get(name, "") for name in names} | {
        "runden": bool(form.get("runden")),
        "spalten": {name: form.get(f"spalte-{place}", "") for place, name in enumerate(header)},
    }


def _columns_of(form: Mapping[str, str], header: list[str]) -> dict[str, str]:
    chosen = {name: form.get(f"spalte-{place}", "") for place, name in enumerate(header) if name}
    return {name: _target(name, choice) for name, choice in chosen.items() if choice}


def _target(name: str, choice: str) -> str:
    if choice == LEAVE_OUT:
        return ""
    if choice == AS_ATTRIBUTE:
        return f"{ATTRIBUTE_PREFIX}{name}"
    if choice not in COLUMNS:
        raise NotAWish("Diese Spalte kennen wir nicht. Bitte wählen Sie aus der Liste.")
    return COLUMNS[choice]


def _choice(name: str, target: str) -> str:
    if not target:
        return LEAVE_OUT
    if target == f"{ATTRIBUTE_PREFIX}{name}":
        return AS_ATTRIBUTE
    return next((key for key, column in COLUMNS.items() if target in (column, key)), "")


def _factor(typed: str) -> Decimal:
    if not typed.strip():
        return Decimal(1)
    try:
        factor = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or not 0 < factor <= _LARGEST_FACTOR:
        raise NotAWish(
            f"„{typed}“ ist kein Faktor. Bitte eine Zahl wie 2,2 eintragen: Damit nehmen wir jeden Preis mal.", "faktor"
        )
    return factor


def _one_of(typed: str, possible: list[str]) -> str:
    if typed not in possible:
        raise NotAWish("Das steht nicht zur Wahl. Bitte wählen Sie aus der Liste.")
    return typed
