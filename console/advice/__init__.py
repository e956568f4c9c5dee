"""What to do about the model now, and what its numbers say in a sentence."""
