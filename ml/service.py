"""The scoring service's WSGI entry: `gunicorn ml.service:app`."""

from core.startup import paused_gc

with paused_gc():
    from core import settings
    from ml.serve.app import create

    app = create(settings.load())
