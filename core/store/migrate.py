"""The old name of `python -m core.db.migrate`: deployments that were written for it keep working."""

import runpy

if __name__ == "__main__":
    runpy.run_module("core.db.migrate", run_name="__main__", alter_sys=True)
