"""The WSGI application of the monitoring API: `gunicorn monitoring_api:app`."""

from core.startup import paused_gc

with paused_gc():
    from api.app import create_app
    from core import settings

    app = create_app(settings.load())
