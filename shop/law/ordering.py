"""Rules about the way to an order (part D)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
