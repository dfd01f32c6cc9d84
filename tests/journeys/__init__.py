"""Whole ways through the shop in a real browser, against the real server."""
