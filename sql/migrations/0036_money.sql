-- The amount of a prediction, exact. `amount` stays beside it, rounded to single precision: the code before reads and
-- writes it, and the indexes that sort by amount and by money at risk are made of it. A row that the code before wrote
-- has only that; its shortest text is what was sent, to the cent up to 131,072.
ALTER TABLE fraud_predictions ADD COLUMN amount_usd numeric;

-- What a prediction's amount is, whoever wrote it.
CREATE FUNCTION exact_amount(exact numeric, rounded real) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(exact, CAST(CAST(rounded AS text) AS numeric)) $$;

-- Score x amount; the score is the shortest decimal that is stored as it is.
CREATE FUNCTION money_at_risk(score real, exact numeric, rounded real) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CAST(CAST(score AS text) AS numeric) * coalesce(exact, CAST(CAST(rounded AS text) AS numeric)) $$;
