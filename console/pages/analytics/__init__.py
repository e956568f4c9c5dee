"""The pages Analytics and Overview (C1)."""
