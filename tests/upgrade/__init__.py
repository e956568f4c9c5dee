"""From an older release of our own to this one and back, under load, with every event counted."""
