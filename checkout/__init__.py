"""SELLING: cart, order, payment, letters owed. Imports catalog; knows no web, no clock, no environment."""
