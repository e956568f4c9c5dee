"""The WSGI application of the console: `gunicorn monitoring_dashboard:app`."""

from console.app import create_app
from core import settings

app = create_app(settings.load())
