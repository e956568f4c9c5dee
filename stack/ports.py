"""Loopback ports: whether one is free, and finding one that is."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the ports that kernels lend to outgoing connections (Linux from 32768, macOS from 49152): none of those can
# take the port in the moment between finding it and listening on it.
_OURS = range(20_000, 32_000)
_any = random.SystemRandom()


def is_free(port: int) -> bool:
    """True when a server could listen on the port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """True when something accepts connections on the port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def find_free(beside: int = 0) -> int:
    """A random port on which nobody listens now, nor on the one `beside` further on. Raises OSError without any."""
    lowest, highest = _OURS[0] - beside, _OURS[-1] - beside
    for port in _any.sample(range(lowest, highest + 1), 200):
        if is_free(port) and (not beside or is_free(port + beside)):
            return port
    raise OSError(f"no port from {lowest} to {highest} is free")
