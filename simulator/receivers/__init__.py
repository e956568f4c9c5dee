"""The other ends of the channels, on this machine: each takes and refuses what the real one does, errors included.

`server` serves all that speak HTTP, `smtp` the mail server; `plan` says which requests meet which fault; `inbox` keeps
what arrived. For the local stack, where its page shows what on-call people would have got, and for tests.
"""
