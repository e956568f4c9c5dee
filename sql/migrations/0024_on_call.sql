-- Pauses with their reason, exact silences, incidents that PagerDuty reopens or un-acknowledges.

-- Why a channel is paused ('' when it is not, or an older release paused it).
ALTER TABLE channel_states ADD COLUMN paused_reason text NOT NULL DEFAULT '';

-- A matcher that is exact means only the very same text, '' included. One that is not keeps the older meaning: '' matches
-- everything, a * at the end any ending.
ALTER TABLE silences
    ADD COLUMN exact_rule boolean NOT NULL DEFAULT false,
    ADD COLUMN exact_series boolean NOT NULL DEFAULT false;

-- From when on an open incident waits for somebody, where that is not when people were notified: it was reopened, or
-- an acknowledgement was withdrawn.
ALTER TABLE incidents ADD COLUMN waiting_since timestamptz;

-- When the newest change of state, and of who it is assigned to, happened at a receiver: an older one comes late.
ALTER TABLE incident_links ADD COLUMN state_at timestamptz, ADD COLUMN assigned_at timestamptz;
