"""The steps a message goes through on its way out."""
