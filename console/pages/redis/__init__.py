"""The page Redis: our commands, and the servers themselves."""
