"""Drift reports: the comparison with the reference, column by column."""
