"""Rules about privacy, cookies and mail (part F)."""

from shop.law.rules import Rule

RULES: tuple[Rule, ...] = ()
