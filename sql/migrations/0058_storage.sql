-- Sizes of what is kept, measured by the collector: the newest measurement of each day.
CREATE TABLE storage_days (
    day date NOT NULL,
    kind text NOT NULL,
    table_bytes bigint NOT NULL,
    index_bytes bigint NOT NULL,
    rows bigint NOT NULL,
    oldest timestamptz,
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (day, kind)
);

-- Files that rows of a kind were written to, for who downloads them, and before they are deleted.
CREATE TABLE storage_archives (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    before timestamptz NOT NULL,
    file text NOT NULL,
    host text NOT NULL,
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL
);
