"""The scoring service's WSGI entry: `gunicorn ml.service:app`."""

from core import settings
from ml.serve.app import create

app = create(settings.load())
