"""The tests; a package, because another distribution installs one of this name too."""

import os
import sys

# A run starts some hundreds of our processes, and each would compile every module again where no bytecode is kept.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Four processes of tests share two cores: a product of small matrices spread over threads mostly waits for them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
