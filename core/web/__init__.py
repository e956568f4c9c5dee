"""What every HTTP process shares: the application factory, problem documents, health, metrics, request events."""
