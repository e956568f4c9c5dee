"""The model: its features, its training, its registry, and the service that scores transactions."""
