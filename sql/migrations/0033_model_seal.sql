-- What proves that a model is the one that was registered: the SHA-256 of its artefact, and a keyed signature over all
-- that scoring reads of the row. Models from before are sealed by the first process that loads one.
ALTER TABLE models ADD COLUMN digest bytea;
ALTER TABLE models ADD COLUMN signature bytea;
