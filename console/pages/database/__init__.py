"""The page Database: queries of our processes, the pool, and PostgreSQL itself; and the page of one query."""
