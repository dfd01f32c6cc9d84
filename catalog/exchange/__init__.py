"""Goods as files: read any sensible CSV, plan what would change, apply it, export it again."""
