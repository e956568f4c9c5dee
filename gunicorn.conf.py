"""Read by gunicorn when it is started here: the one configuration of our servers."""

from core.web.gunicorn_conf import *  # noqa: F403 - gunicorn reads module attributes
