"""The monitoring API: events in, one typed part out for each panel of the console."""
