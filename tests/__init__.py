"""The tests; a package, because another distribution installs one of this name too."""

import os
import sys

# A run starts some hundreds of our processes, and each would compile every module again where no bytecode is kept.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
