"""The job of a training run: learn, compare with the champion, promote or ask (`ml.train.retraining`)."""

from core import clock
from core.db.jobs.runner import Done, Work
from core.models import training_runs
from ml.jobs._hands import JobContext

KIND = training_runs.JOB


def run(hands: JobContext, work: Work) -> Done:
    """Do the run of a claimed job. Raises BadInput for what is wrong with its data."""
    from ml.train import retraining  # XGBoost: 27 MB and half a second that only a run needs

    stores = hands.stores
    wanted = training_runs.of_job(stores.database, work.job.id)
    return retraining.perform(wanted, stores, hands.config, clock.now(), work.tell)
