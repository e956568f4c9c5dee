"""Labels from a file."""
