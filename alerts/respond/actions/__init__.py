"""What the system may do by itself, one kind of action per module, each with `KIND`; see `alerts/respond/action.py`."""
