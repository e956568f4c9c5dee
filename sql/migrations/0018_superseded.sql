-- A run whose model waited for a decision when the model of a later run took its place as challenger: that run. Its
-- decision is 'refused' then, by the later run.
ALTER TABLE training_runs ADD COLUMN superseded_by bigint REFERENCES training_runs ON DELETE SET NULL;
