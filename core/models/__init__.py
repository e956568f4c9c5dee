"""Models: registry, roles, training runs, drift and performance."""
