"""The commands of `python -m ml`, one module each: `add` describes its arguments, `run` carries it out."""
