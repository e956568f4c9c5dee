"""The door: password login, server-side sessions, and the guard before every request."""
