"""The page Scoring performance, below Analytics (C1)."""
