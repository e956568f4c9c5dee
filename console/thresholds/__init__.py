"""The labelled history behind the threshold simulator."""
