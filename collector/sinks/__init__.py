"""Where security events go: one module a kind, each with KIND (its configuration type) and `open_sink`."""
