"""Sections of the weekly digest, one a module: `ORDER`, `TITLE`, `lines(connection, week)`; see alerts/digest/build."""
