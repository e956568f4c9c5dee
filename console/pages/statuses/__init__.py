"""The page Statuses: what transactions came to, minute by minute, and each incident of their flow."""
