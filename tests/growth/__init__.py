"""Several of everything at once: Redis Cluster, PgBouncer, copies of every process behind nginx."""
