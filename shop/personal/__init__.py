"""What the shop knows about a person: found in every table, handed out, erased, or kept locked for the law."""
