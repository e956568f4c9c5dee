-- When a security event was stored, whatever time it carries: security rules judge by it, so that what arrives after an
-- outage, or stamped minutes ago, is judged once it is there. Events from before have none: they count as judged.
ALTER TABLE security_events ADD COLUMN stored_at timestamptz;
-- The code before: it leaves the column out, and the default is what is right.
ALTER TABLE security_events ALTER COLUMN stored_at SET DEFAULT now();

-- Wrong second factors, by the time of storing and by their own.
CREATE INDEX security_events_mfa_stored ON security_events (stored_at)
    WHERE category = 'authentication' AND outcome = 'failure' AND action LIKE 'mfa%';
CREATE INDEX security_events_mfa ON security_events (timestamp)
    WHERE category = 'authentication' AND outcome = 'failure' AND action LIKE 'mfa%';

-- What was reported minutes before the upgrade and may not have been judged yet.
UPDATE security_events SET stored_at = timestamp
WHERE timestamp > now() - interval '1 hour' AND category = 'authentication' AND outcome = 'failure' AND action LIKE 'mfa%';
