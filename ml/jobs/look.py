"""The job of a file that somebody gave to train on: what is in it, seen by a process with bounds of its own."""

from core import bounded_process
from core.db.jobs.runner import Done, Work
from core.models import uploads
from core.tabular import sheet
from ml.data import file_preview
from ml.jobs._hands import JobContext

KIND = uploads.JOB


def run(hands: JobContext, work: Work) -> Done:
    """Look at one file. Raises BadInput, which says where and why, when it cannot be read."""
    database, rules = hands.stores.database, hands.settings.config.uploads
    limits = sheet.Limits(rules.unpacked_bytes, rules.most_columns, rules.most_values, rules.most_record)
    file = uploads.of_job(database, work.job.id)
    content = uploads.content(database, file.id)
    bounds = bounded_process.looking(rules)
    seen = bounded_process.call(file_preview.of_file, content, file.name, limits, bounds=bounds, what=file.name)
    return Done(write=lambda connection: uploads.looked(connection, file.id, seen))
