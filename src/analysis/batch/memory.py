"""Memory: what is free goes back to the system, so that no kernel copies it and no peak is built upon it."""

from __future__ import annotations

import ctypes
import os


def give_back() -> None:
    """Return free memory to the system where the C library can (glibc's ``malloc_trim``); elsewhere nothing happens."""
    if os.name == "posix" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
