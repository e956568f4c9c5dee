"""Backtests: when a rule would have fired, as it is and with another limit."""
