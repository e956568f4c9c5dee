"""Custom figures: what the monitoring API answers about them and the page shows."""
