"""Rules about who sells, and the pages that say so (part A)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
