"""One incident."""
