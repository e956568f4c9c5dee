"""The threshold simulator."""
