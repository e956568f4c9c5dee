"""The model card: figures, intervals, warnings, and its page."""
