"""Rules about withdrawal (part B)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
