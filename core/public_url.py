"""Whether a text can be the address that people type to reach the console."""

from urllib.parse import urlsplit


def problems_of(name: str, url: str) -> list[str]:
    """What is wrong with a setting that holds such an address; nothing when it is empty or sound."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.query)
        sound = sound and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if not url or sound:
        return []
    return [f"{name} must be an address such as https://console.example.org/admin/monitoring, not {url!r}"]
