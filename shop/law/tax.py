"""Rules about tax, invoices and books (part E)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
