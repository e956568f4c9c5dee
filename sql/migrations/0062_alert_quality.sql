-- Quality of alerts: was each incident worth telling people, and proposals that would make a rule quieter.

-- The last word on an incident; who said it, and whether in the console or by the signed link of a message.
CREATE TABLE incident_judgements (
    incident_id text PRIMARY KEY REFERENCES incidents (id) ON DELETE CASCADE,
    judgement text NOT NULL CHECK (judgement IN ('right', 'wrong', 'useless')),
    judged_by text NOT NULL,
    judged_at timestamptz NOT NULL,
    via text NOT NULL CHECK (via IN ('console', 'link'))
);

-- A search for a quieter setting of a rule, a job of the queue; `result` is what alerts/backtest/proposal.py writes.
CREATE TABLE rule_proposals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    rule text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    result jsonb
);
CREATE INDEX rule_proposals_by_job ON rule_proposals (job);
CREATE INDEX rule_proposals_by_rule ON rule_proposals (rule, id DESC);
