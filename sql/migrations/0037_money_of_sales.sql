-- Above 131,072 single precision loses cents; where such a prediction became a sale, the sale has them. In a file of
-- its own it holds no lock on the table while it looks. The index on `amount` finds the few that are so dear.
UPDATE fraud_predictions p SET amount_usd = t.amount FROM transactions t
WHERE p.amount >= 131072 AND p.amount_usd IS NULL AND t.transaction_id = p.transaction_id
    AND CAST(t.amount AS real) = p.amount;
