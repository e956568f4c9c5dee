"""Which model and which policy score right now, kept up to date by one thread (L4).

A request takes one reference, `current()`, and works with it to its end; the watcher replaces it between two requests.
Nothing is opened before the first use.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from core import log
from core.config import PolicyConfig
from core.errors import GatehouseError, Unreachable, UntrustedModel
from core.models import registry
from core.policy import Policy
from core.stores import Stores
from core.transactions import policies
from ml.serve.scoring import Scorer

_KEPT = 4
_log = log.get(__name__)


class NoModel(GatehouseError):
    """No model has been promoted yet."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One consistent pair."""

    scorer: Scorer
    policy: Policy


class Serving:
    """Holds what is in force. Safe to use from any thread; the watcher starts with the first use."""

    def __init__(self, stores: Stores, policy: PolicyConfig, every: float) -> None:
        self._live = stores.live
        self._database = stores.database
        self._seal = stores.model_seal
        self._policy = policy
        self._every = every
        self._in_force: InForce | None = None
        self._complained: set[int] = set()
        self._scorers: OrderedDict[int, Scorer] = OrderedDict()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._stop = threading.Event()

    def current(self) -> InForce:
        """What scores now. Raises NoModel, or Unreachable when nothing could be loaded yet."""
        return self._in_force or self._first()

    def check(self) -> None:
        """Return when something is in force; raises as `current` does."""
        self.current()

    def loaded(self) -> bool:
        """Whether a model is in force."""
        return self._in_force is not None

    def scorer(self, version: int) -> Scorer:
        """The scorer of any registered version. Raises BadInput when there is none."""
        with self._lock:
            return self._scorer(version)

    def refresh(self) -> None:
        """Look once for a new champion and policy. Raises NoModel or Unreachable; what was in force stays.

        A first look that meets a champion whose seal does not hold takes the newest earlier champion whose seal does.
        """
        with self._lock:
            version = registry.champion(self._live, self._database)
            if version is None:
                raise NoModel("no model has been promoted yet: python -m ml train … --promote")
            policy = policies.ensure(self._live, self._database, self._policy)
            now = self._in_force
            if now is None or now.scorer.version != version or now.policy != policy:
                self._in_force = InForce(self._trusted(version, policy), policy)
                _log.info(
                    "in force", model=self._in_force.scorer.version, policy=policy.version, profile=policy.profile
                )

    def stop(self) -> None:
        """End the watcher."""
        self._stop.set()

    def _first(self) -> InForce:
        with self._lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="model-watcher", daemon=True)
                self._watcher.start()
        if self._in_force is None:
            self.refresh()
        assert self._in_force is not None
        return self._in_force

    def _trusted(self, version: int, policy: Policy) -> Scorer:
        """The champion's scorer; where its seal does not hold, what served before."""
        try:
            return self._scorer(version)
        except UntrustedModel as error:
            self._refused(error)
            if self._in_force is not None:
                return self._in_force.scorer
        for earlier in registry.past_champions(self._database):
            try:
                return self._scorer(earlier)
            except UntrustedModel as error:
                self._refused(error)
        raise NoModel(f"no current or previous champion can be verified; model {version} was refused")

    def _refused(self, error: UntrustedModel) -> None:
        """Say it once a version; the alert rule `model-refused` tells people."""
        if error.version not in self._complained:
            self._complained.add(error.version)
            _log.error("a model was refused", model=error.version, reason=error.reason)

    def _scorer(self, version: int) -> Scorer:
        scorer = self._scorers.get(version)
        if scorer is None:
            scorer = self._scorers[version] = Scorer(registry.load(self._database, version, self._seal))
            while len(self._scorers) > _KEPT:
                self._scorers.popitem(last=False)
        self._scorers.move_to_end(version)
        return scorer

    def _watch(self) -> None:
        quiet = False
        while not self._stop.wait(self._every):
            try:
                self.refresh()
                quiet = False
            except (NoModel, Unreachable) as error:
                if not quiet:
                    _log.warning("cannot check for a new model or policy", detail=str(error))
                quiet = True
            except Exception as error:  # a model that does not load must not end the watching
                _log.error("the champion cannot be served", exc_info=error)
