"""Advice about drift: the incident, an emergency retraining, what begins, the report. Pure."""

from console.advice.situation import QUEUE, Advice, Situation

OLD_REPORT_DAYS = 8.0


def incident(now: Situation) -> Advice | None:
    """An open incident about drift is looked at first."""
    if not now.incidents:
        return None
    name, title = now.incidents[0]
    others = f", and {len(now.incidents) - 1} more" if len(now.incidents) > 1 else ""
    why = f"{title} is firing{others}. Its timeline shows which actions ran."
    return Advice("incident", "act", "Review the drift incident", why, f"alerts/incidents/{name}", "Incident")


def retrain(now: Situation) -> Advice | None:
    """A drifted feature without an emergency run; where one has been in vain, labels first."""
    if now.drift != "drifted" or (
        now.open_run and (now.open_run.kind == "emergency" or now.open_run.state == "running")
    ):
        return None
    if now.tried is not None:
        why = (
            f"{now.drift_feature} has drifted (KL {now.drift_kl:.2f}), and training run {now.tried.id} found no better "
            "model: labels of the new traffic are missing."
        )
        return Advice("label-new", "act", "Label new traffic, then retrain", why, QUEUE, "Review queue")
    why = f"{now.drift_feature} has drifted (KL {now.drift_kl:.2f}), and no retraining is running."
    return Advice("retrain", "act", "Start an emergency retraining", why, words="Start", retrain=True)


def begins(now: Situation) -> Advice | None:
    """The newest day alone passed the limit."""
    if now.drift == "drifted" or now.drift_day is None:
        return None
    day, feature, kl = now.drift_day
    why = f"{feature} differed from the training data on {day} (KL {kl:.2f}), but not over the whole week."
    return Advice("begins", "soon", "Check for early drift", why, "model/drift", "Drift reports")


def report(now: Situation) -> Advice | None:
    """There is no full report of this model, or an old one."""
    if now.report_days is not None and now.report_days < OLD_REPORT_DAYS:
        return None
    age = (
        "There is no report on this model yet"
        if now.report_days is None
        else f"The newest report is {now.report_days:.0f} days old"
    )
    why = f"{age}. A full report tests every feature, the score and the target, corrected for multiple testing."
    return Advice("report", "idea", "Create a full drift report", why, "model/drift", "Drift reports")
