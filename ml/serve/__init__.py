"""The scoring service: which model is in force, its fast paths, explanations."""
