"""Readers of real files, one per kind, each with `READER`; see `simulator/replayer.py`."""
