"""The alert worker: rules, incidents, deliveries and actions. Judging is pure; one worker at a time evaluates."""
