"""The collector: takes events from the stream into PostgreSQL and keeps the live edge in Redis up to date."""
