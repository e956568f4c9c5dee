"""Endpoint performance: histograms of durations, roll-ups of minutes to hours and days, and what is read of them."""
