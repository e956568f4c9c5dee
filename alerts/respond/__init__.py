"""Automatic actions: what carries them out, within which bounds, and takes them back."""
