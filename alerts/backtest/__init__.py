"""Backtests (A13): a rule over stored history, a recorded run or a CSV, through the production evaluator."""
