"""What the law asks of a shop, as rules that a program can look at; see rules.py."""
