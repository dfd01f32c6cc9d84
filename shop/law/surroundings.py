"""Rules about what lies around the shop, Austria and Switzerland (parts G and H)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
