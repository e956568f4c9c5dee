"""Fraud cost (N3)."""
