"""What every HTTP process shares: the application factory, problem documents, health, metrics, request events."""

from core.web.app import App, create_app
from core.web.body import arguments, json_body
from core.web.openapi import documented
from core.web.problems import problem

__all__ = ["App", "arguments", "create_app", "documented", "json_body", "problem"]
