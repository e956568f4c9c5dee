"""The old name of `python -m core.audit.check`: deployments that were written for it keep working."""

import runpy

if __name__ == "__main__":
    runpy.run_module("core.audit.check", run_name="__main__", alter_sys=True)
