"""The compose stack on a real engine; `python -m tests.containers` tells its story with timings."""
