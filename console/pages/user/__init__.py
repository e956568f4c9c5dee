"""One user."""
