"""The Grafana dashboard, generated: `python -m deploy.grafana` writes dashboards/gatehouse.json from `panels.py`."""
