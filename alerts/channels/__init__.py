"""Kinds of channels, one per module; alerts/channel.py is their contract."""
