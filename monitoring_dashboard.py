"""The WSGI application of the console: `gunicorn monitoring_dashboard:app`."""

from core.startup import paused_gc

with paused_gc():
    from console.app import create_app
    from core import settings

    app = create_app(settings.load())
