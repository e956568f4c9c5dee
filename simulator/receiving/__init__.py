"""What the receivers of `simulator/receivers` share: the server they stand behind, planned faults, and what arrived.

`server` serves all that speak HTTP, `smtp` the mail server; `plan` says which requests meet which fault; `inbox` keeps
what arrived; `run` puts them together. For the local stack, where its page shows what on-call people would have got,
and for tests.
"""
