"""OpenTelemetry's traces (OTLP over HTTP) as what endpoints did: bodies read, server spans folded, answers written."""
