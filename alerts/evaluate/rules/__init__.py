"""Kinds of rules, one per module; alerts/evaluate/rule.py is their contract."""
