"""The registry of models: all versions, one with its card, two side by side."""
