"""Flask's `request` and `g` without their proxies, for code that runs at every request."""

from flask import Request
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request


def current_request() -> Request:
    """What `flask.request` stands for."""
    found: Request = _cv_request.get().request
    return found


def current_g() -> _AppCtxGlobals:
    """What `flask.g` stands for."""
    return _cv_app.get().g
