"""Kinds of actions, one per module; alerts/action.py is their contract."""
