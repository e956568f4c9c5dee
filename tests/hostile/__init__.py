"""What strangers send: texts that make a slow pattern slow, and a clock that tells linear work from the rest."""
