"""Kinds of rules, one per module; alerts/rule.py is their contract."""
