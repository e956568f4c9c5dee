-- Which process puts entries in which shard of the event stream, noted before its first answer 202 and gone when it ends
-- in order. What a process that was killed left is compared with what is stored. `life` is the marker of the shard's
-- Redis: another one after it was emptied.
CREATE TABLE stream_publishers (
    publisher text NOT NULL,
    shard smallint NOT NULL,
    life text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (publisher, shard)
);
