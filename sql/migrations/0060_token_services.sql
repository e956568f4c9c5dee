-- The services that a machine's token may report for; NULL: any.
ALTER TABLE api_tokens ADD COLUMN services text[];
