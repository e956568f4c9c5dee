-- What a process put in a shard of the event stream and no collector has stored for a while, so that its loss is noticed
-- when the stream is deleted, the process ends and no collector runs. A row a publisher and shard, gone when nothing waits.
CREATE TABLE stream_waiting (
    publisher text NOT NULL,
    shard smallint NOT NULL,
    entries integer NOT NULL,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    keys text[] NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (publisher, shard)
);
