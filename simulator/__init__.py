"""A ticketing platform that does not exist: its customers, its frauds, its traffic, named scenarios, and replay.

It talks to the product over HTTP only, as a real platform would.
"""
