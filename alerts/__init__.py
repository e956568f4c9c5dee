"""The alert worker: judges the rules, keeps incidents, sends messages, acts within bounds."""
