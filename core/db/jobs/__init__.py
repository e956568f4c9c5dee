"""The one queue of background jobs: `queue` is the protocol, `runner` the loop of a worker.

docs/decisions/0012-one-queue-of-jobs.md says why it is not a library.
"""
