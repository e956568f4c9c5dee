"""The other ends of the channels, one per module: each takes and refuses what the real one does, errors included.

A module offers `receiver(variables)`, which makes it from the variables that the worker gets (`simulator/receiving`).
"""
