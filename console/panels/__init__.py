"""One panel per module; `console.live` discovers each module's `PANEL`."""
