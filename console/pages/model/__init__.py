"""The Model page: is it good, is it drifting, what do callers send, what changed, what to do."""
