"""The other ends of the channels, one per module: each takes and refuses what the real one does, errors included.

A module offers `VARIABLES`, the names of those that it needs of what the worker gets, and `receiver(variables)`, which
makes it from them (`simulator/receiving`).
"""
