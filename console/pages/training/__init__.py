"""Training from the console: runs, files to train on with their mapping, one run and what people decide about it."""
