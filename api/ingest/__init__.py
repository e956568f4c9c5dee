"""How data comes in over HTTP, one kind a module."""
