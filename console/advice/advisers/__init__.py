"""What there is to do about the model, by subject: each function gives its advice, or None when there is nothing."""
