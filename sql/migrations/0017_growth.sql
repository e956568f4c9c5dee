-- Retention of idempotency keys reads the pages of what is too old, not all of them: keys come in the order of time, so a
-- summary of each range of pages (some kilobytes for a hundred million keys) is enough.
CREATE INDEX event_keys_received ON event_keys USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on);
