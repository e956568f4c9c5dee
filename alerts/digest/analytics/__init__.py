"""Sections of the reports on scoring, one a module: `ORDER`, `TITLE`, `lines(connection, span)` and, where pictures say
more, `charts(connection, span)`; see alerts/digest/build.
"""
