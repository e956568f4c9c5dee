"""Jobs of the alert worker, a module a kind: `KIND` and `run(hands, work) -> Done` (core/db/jobs/runner.py)."""
