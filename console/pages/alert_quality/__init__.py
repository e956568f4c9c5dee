"""Alert quality (N2)."""
