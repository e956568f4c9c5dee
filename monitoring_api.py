"""The WSGI application of the monitoring API: `gunicorn monitoring_api:app`."""

from api.app import create_app
from core import settings

app = create_app(settings.load())
