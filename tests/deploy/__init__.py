"""What is under deploy/: proved against the real tools where they can be had, and against the product's own files."""
