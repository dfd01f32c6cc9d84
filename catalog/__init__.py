"""GOODS: what the shop sells. Plain Python and SQLModel; knows no web, no clock, no environment."""
