"""A judged test collection for the search: goods with hidden truth, queries with intents, grades by rule."""
