"""The audit log: append-only rows, chained and signed, and what proves them whole."""
