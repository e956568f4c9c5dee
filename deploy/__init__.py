"""How Gatehouse is run elsewhere: Prometheus, Grafana, Kubernetes, AWS. Nothing here runs in the product."""
