"""Requests slower than their endpoint usually is, with what they did while they ran."""
