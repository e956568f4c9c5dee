"""Scoring analytics: sums by hour, periods, and the figures of the pages below Analytics."""
