"""Kinds of channels, one per module; alerts/notify/channel.py is their contract."""
