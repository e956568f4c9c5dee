-- Sorting millions of transactions by score or amount reads only the rows it shows.
CREATE INDEX fraud_predictions_score ON fraud_predictions (fraud_score);
CREATE INDEX fraud_predictions_amount ON fraud_predictions (amount);
