"""One module for each part of the monitoring API: NAME, REFRESH (seconds), Data (its type), read(context, window)."""
