"""Arithmetic of single precision as C does it: the C library's own functions, which XGBoost calls too, and rounding."""

import ctypes
import struct
from collections.abc import Callable

_format = struct.Struct("=f")


def rounded(value: float) -> float:
    """The nearest number of single precision."""
    found: float = _format.unpack(_format.pack(value))[0]
    return found


def _function(name: str) -> Callable[[float], float]:
    function = getattr(ctypes.PyDLL(None), name)
    function.argtypes, function.restype = [ctypes.c_float], ctypes.c_float
    return function  # type: ignore[no-any-return]


exponential, logarithm = _function("expf"), _function("logf")
