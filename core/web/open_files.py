"""How many connections a server's process may have, by the files that it may open."""

import resource

MOST = 65536
FEWEST = 64  # connections, however few files a process may open
KEPT = 256  # for PostgreSQL, Redis, logs and temporary files


def connections(wanted: int) -> int:
    """As many as are wanted and this process may have open, once it has asked for as many files as it may."""
    return min(wanted, max(FEWEST, _raised() - KEPT))


def _raised() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard or hard == resource.RLIM_INFINITY:
        wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
        if soft != resource.RLIM_INFINITY and wanted > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else soft
