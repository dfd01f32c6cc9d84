"""Rules about goods and prices (part C)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
