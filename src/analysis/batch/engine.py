"""A papermill engine: cells and the whole run have limits, nothing is saved on the way, and no process is left.

Chosen by name (``papermill --engine tibiao in.ipynb out.ipynb``). papermill imports every engine when it starts, so this
module stays light and free of papermill until a notebook is run.
"""

from __future__ import annotations

import threading
from typing import Any

KERNEL = "tibiao"
CELL_LIMIT_SECONDS, WHOLE_LIMIT_SECONDS, START_LIMIT_SECONDS = 300, 900, 60


class WholeLimitReached(RuntimeError):
    """All cells together ran longer than they may."""


class Engine:
    """Runs one notebook on a kernel forked from a warm process."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        execution_timeout: float | None = None,
        whole_timeout: float | None = None,
        start_timeout: float | None = None,
        input_path: str | None = None,
        **options: Any,
    ) -> Any:
        """Run a notebook; papermill itself writes the result, once.

        Args:
            nb: the notebook, parameters in place.
            kernel_name: ignored where it is the ordinary Python's: a forked kernel serves for it.
            output_path: not written here.
            progress_bar: as papermill takes it.
            log_output: show outputs as they come.
            autosave_cell_every: ignored.
            execution_timeout: limit of one cell, seconds; 300 by default.
            whole_timeout: limit of all cells together, seconds; 900 by default.
            start_timeout: limit of the kernel's start, seconds; 60 by default.
            input_path: not needed.
            options: further options of the client.

        Raises:
            WholeLimitReached: all cells together ran longer than they may.
            CellTimeoutError: one cell did.
            DeadKernelError: the kernel died.
        """
        from papermill.clientwrap import PapermillNotebookClient
        from papermill.engines import NotebookExecutionManager

        from analysis.batch.kernels.client import PromptManager

        managed = NotebookExecutionManager(nb, progress_bar=progress_bar, log_output=log_output)
        client = PapermillNotebookClient(
            managed,
            timeout=execution_timeout or CELL_LIMIT_SECONDS,
            startup_timeout=start_timeout or START_LIMIT_SECONDS,
            kernel_manager_class=PromptManager,
            kernel_name=KERNEL if kernel_name in ("python3", "python") else kernel_name,
            log_output=log_output,
            record_timing=False,
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False"],  # a person's history is no place for a batch's cells
            **options,
        )
        managed.notebook_start()
        limit = whole_timeout or WHOLE_LIMIT_SECONDS
        with _Limit(client, limit) as whole:
            try:
                client.execute()
            except Exception as error:
                if whole.reached:
                    raise WholeLimitReached(f"all cells together ran longer than {limit:g} s") from error
                raise
            finally:
                managed.cleanup_pbar()
                managed.notebook_complete()
        return managed.nb

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the name of the notebook's kernel."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the notebook's language."""
        from papermill.utils import nb_language

        return nb_language(nb, language)


class _Limit:
    """Kills a client's kernel after some seconds: the client then meets a dead kernel, wherever it waits."""

    def __init__(self, client: Any, seconds: float):
        self.reached = False
        self._client = client
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        import os
        import signal

        self.reached = True
        provisioner = getattr(self._client.km, "provisioner", None)
        if (pid := getattr(provisioner, "pgid", None) or getattr(provisioner, "pid", None)) is not None:
            os.killpg(pid, signal.SIGKILL)

    def __enter__(self) -> _Limit:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
