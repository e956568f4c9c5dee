"""One module a kind of service check; each offers `probe(service, tools) -> Finding` (H1)."""
