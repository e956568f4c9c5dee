"""Custom figures that are functions, one module each with its `FIGURE` (`collector.figure`, docs/figures.md)."""
