-- Few messages, in the right order (A14).
-- The storm of which people are told together: the incident that was told first. NULL: told alone, or not told.
ALTER TABLE incidents ADD COLUMN group_id text;
-- The incident that this one follows from: nobody is told of it meanwhile. It stays when people are told in the end.
ALTER TABLE incidents ADD COLUMN inhibited_by text;
CREATE INDEX incidents_group ON incidents (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX incidents_inhibited ON incidents (inhibited_by) WHERE inhibited_by IS NOT NULL;

-- What a channel sends first: the lower urgency, then the rule that was served the longest ago. NULL: written by the
-- release before.
ALTER TABLE outbox ADD COLUMN rule text;
ALTER TABLE outbox ADD COLUMN urgency smallint;
CREATE INDEX outbox_lane ON outbox (channel, urgency, rule, due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_finished ON outbox (channel, finished_at) WHERE state = 'sent';

CREATE TABLE channel_turns (
    channel text NOT NULL,
    rule text NOT NULL,
    turn bigint NOT NULL,
    PRIMARY KEY (channel, rule)
);
