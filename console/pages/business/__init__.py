"""The page Business, below Analytics (C1)."""
