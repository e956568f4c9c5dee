"""The brief of an incident (N1): what happened, since when, where, at what cost, and what changed before."""
