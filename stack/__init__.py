"""The local stack: finds or starts PostgreSQL and Redis, then starts, watches and stops the processes.

`python -m stack` is what `make run` calls. Nothing here runs in production, where an orchestrator does this work.
"""
