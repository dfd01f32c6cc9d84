"""The engines behind the port: Whoosh in a folder, FTS5 and PostgreSQL in the shop's database, and who stands in."""
