"""The search over transactions."""
