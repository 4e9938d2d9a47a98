"""The client of a batch's kernels: ready as soon as its kernel is."""

from __future__ import annotations

import contextlib
import math
import time
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

# How long one reply is waited for before the kernel is asked again, and the first thing that it publishes.
REPLY_SECONDS, PUBLISHED_SECONDS = 1, 0.2


class PromptClient(AsyncKernelClient):
    """A client that begins at once: the ordinary one first waits a fifth of a second for messages of nobody's cell."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and what it publishes arrives.

        Args:
            timeout: seconds; None has no end.

        Raises:
            RuntimeError: the kernel died, or did not answer in time.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        asked = set()
        while True:
            asked.add(self.kernel_info())
            with contextlib.suppress(Empty):
                reply = await self.get_shell_msg(timeout=max(0, min(REPLY_SECONDS, end - time.monotonic())))
                # What an earlier wait had asked and nobody has read says nothing of the kernel now.
                if reply["parent_header"].get("msg_id") in asked:
                    await self.get_iopub_msg(timeout=PUBLISHED_SECONDS)
                    self._handle_kernel_info_reply(reply)
                    return
            if not await self.is_alive():
                raise RuntimeError("it died before it answered")
            if time.monotonic() >= end:
                raise RuntimeError(f"it did not answer within {timeout:g} s")


class PromptManager(AsyncKernelManager):
    """Makes such clients."""

    client_factory = Type(PromptClient, klass=AsyncKernelClient)
