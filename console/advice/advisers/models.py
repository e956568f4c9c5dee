"""Advice about models and their training runs: decide, promote, wait, what failed, what serves instead. Pure."""

from console.advice.situation import Advice, Situation


def decide(now: Situation) -> Advice | None:
    """A run that waits for a person."""
    run = now.undecided
    if run is None:
        return None
    name = "its model" if run.version is None else f"model {run.version}"
    why = f"Training run {run.id} waits for a decision to promote or refuse it: {run.message.rstrip('.')}."
    return Advice(f"decide-{run.id}", "act", f"Decide on {name}", why, f"model/training/runs/{run.id}", "Run")


def promote(now: Situation) -> Advice | None:
    """The challenger in the shadow: better, worse, no difference, or too few frauds to say."""
    one = now.shadow
    if one is None:
        return None
    name = f"challenger-{one.version}"
    if one.difference is None or one.interval is None:
        why = (
            f"Of {one.n:,} transactions scored by both models, {one.frauds} are known frauds; {one.least_frauds} are "
            "needed."
        )
        return Advice(name, "idea", f"Wait for labels to compare model {one.version}", why, "#shadow", "Comparison")
    low, high = one.interval
    size = f"{one.difference:+.3f} average precision, 95 % {low:+.3f} to {high:+.3f}".replace("-", "−")
    if one.verdict == "better":
        title = f"Promote model {one.version}: it is better"
        return Advice(name, "act", title, f"On live traffic {size}.", "model/versions", "Versions")
    if one.verdict == "worse":
        title = f"Stop shadow mode of model {one.version}: it is worse"
        return Advice(name, "soon", title, f"On live traffic {size}.", "model/versions", "Versions")
    why = f"On live traffic {size}: no significant difference."
    return Advice(name, "idea", f"Keep model {one.version} in shadow mode", why, "#shadow", "Comparison")


def failed(now: Situation) -> Advice | None:
    """The last run failed."""
    run = now.failed_run
    if run is None:
        return None
    why = run.message.rstrip(".") + "."
    return Advice(
        f"failed-{run.id}",
        "soon",
        f"The last training run ({run.id}) failed",
        why,
        f"model/training/runs/{run.id}",
        "Run",
    )


def running(now: Situation) -> Advice | None:
    """A run waits or is under way."""
    run = now.open_run
    if run is None or (run.kind == "scheduled" and run.state == "queued"):
        return None
    if run.state == "running":
        why = f"{run.message[:1].upper()}{run.message[1:]}: {100 * run.progress:.0f} %."
        return Advice(
            "running", "calm", f"A retraining ({run.kind}) is running", why, f"model/training/runs/{run.id}", "Run"
        )
    why = "It starts as soon as a training worker is free."
    return Advice(
        "running", "calm", f"A retraining ({run.kind}) is queued", why, f"model/training/runs/{run.id}", "Run"
    )


def ensemble(now: Situation) -> Advice | None:
    """An incident has switched to the ensemble."""
    if not now.serves_ensemble:
        return None
    why = (
        f"{now.serves_ensemble.rstrip('.')}. The champion returns when the incident is resolved. Promote a model to "
        "end this now."
    )
    return Advice(
        "ensemble", "soon", "The ensemble is in service instead of the champion", why, "model/versions", "Versions"
    )
