"""Named disturbances of the platform, one per module, each with `SCENARIO`; see `simulator/scenario.py`."""
