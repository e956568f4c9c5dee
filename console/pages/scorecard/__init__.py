"""The page Scorecard (C1): how stable, sharp, honest and useful the scores are."""
