"""The model: its features, its training, its registry, and the service that scores transactions.

Threads of XGBoost that have nothing to do sleep: by default they spin, and on a busy machine each then waits for one
that is not running. With two threads and a load of 20 on two cores a training took 9.8 s, and 2.0 s so; on an idle
machine both take as long. It must be said before XGBoost's OpenMP is loaded.
"""

from core import settings

settings.prefer("OMP_WAIT_POLICY", "PASSIVE")
