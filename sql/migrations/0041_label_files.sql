-- Files of labels between what was read from them and the decision of who gave them; let go after an hour. One a person.
CREATE TABLE label_files (
    user_name text PRIMARY KEY,
    token text NOT NULL,
    name text NOT NULL,
    options jsonb NOT NULL DEFAULT '{}',
    body bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
