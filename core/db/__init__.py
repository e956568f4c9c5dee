"""PostgreSQL and Redis: engine, client, keys, queries, migrations, partitions; the drivers' only home."""
