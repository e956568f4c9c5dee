"""Figures of the pages of Analytics with their reference queries, a module a page, each with `FIGURES`."""
