"""How far is a build? On a terminal bars of the jobs and notebooks that run; elsewhere nothing."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress:
    """The bars of one build: all jobs with their rate and the time left, and each that runs.

    Parameters
    ----------
    jobs : int
        How many there are; of one alone its own bar is enough.
    at_once : int
        How many run side by side.
    file : file, optional
        The terminal; stderr when left out. What is no terminal shows nothing.
    """

    def __init__(self, jobs: int, at_once: int, file: TextIO | None = None) -> None:
        self.file = file
        self.free = [*range(1 if jobs > 1 else 0, at_once + 1)]
        self.taking = threading.Lock()
        self.done = 0
        self.whole: tqdm[Any] | None = None
        if jobs > 1:
            self.whole = tqdm(desc="all", total=jobs, unit="report", file=file, disable=None)

    def close(self) -> None:
        """Leave the bar of all jobs as it is."""
        if self.whole is not None:
            self.whole.close()

    @contextlib.contextmanager
    def job(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Show one job as long as it runs; give what is called with its cells done and all."""
        with self.taking:
            place = self.free.pop(0)
        bar = tqdm(
            desc=name, unit="cell", position=place, leave=self.whole is None, file=self.file,
            disable=None,
        )  # fmt: skip

        def moved(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        try:
            yield moved
        finally:
            bar.close()
            with self.taking:
                self.free.insert(0, place)
                self.done += 1
                if self.whole is not None:
                    self.whole.update()
