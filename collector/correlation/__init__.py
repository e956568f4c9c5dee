"""Correlation rules in Sigma's YAML format, judged over stored events: load, match, find windows, run."""
