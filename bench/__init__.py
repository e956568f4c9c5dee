"""Benchmarks: each measures both sides, product and peer or limit, in one run and prints the ratio with its runs."""
