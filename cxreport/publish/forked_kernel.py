"""A kernel whose process is forked, not started: it has loaded everything that its cells import.

A process with threads must not be forked, and the one that runs a notebook soon has some. So the
kernel is forked first, and waits to be told how to begin. To jupyter_client it is a process like
any other, by a provisioner of its own, as jupyter_client offers.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any

import numpy as np
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

ADOPT = 36  # of prctl: what the kernel leaves behind becomes ours, wherever it came from
LAUNCHER = "ipykernel_launcher"


class WaitingKernel:
    """A process that waits to become a kernel; used like a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(ADOPT, 1)
        waits, self._begin = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._begin)
            _become_kernel(waits)
        os.close(waits)

    def begin(self, command: list[str], environment: dict[str, str]) -> None:
        """Let it be the kernel that this command would start."""
        with os.fdopen(self._begin, "w", encoding="utf-8") as pipe:
            json.dump([command, environment], pipe)

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        if self.returncode is None:
            gone, status = os.waitpid(self.pid, os.WNOHANG)
            if gone:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code."""
        if self.poll() is None and timeout is not None:
            raise TimeoutExpired(LAUNCHER, timeout)
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it is gone."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it is gone."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end, unless it is gone."""
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Provides the kernel that waits."""

    def __init__(self, waiting: WaitingKernel, kernel: AsyncKernelManager) -> None:
        super().__init__(kernel_id="forked", kernel_spec=kernel.kernel_spec, parent=kernel)
        self.waiting = waiting

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Let the kernel begin in place of starting a command."""
        self.process = self.waiting  # type: ignore[assignment] # as good as one for this class
        self.pid = self.pgid = self.waiting.pid
        # read from the environment when ipykernel is imported, and that was long ago
        parent = f"--IPKernelApp.parent_handle={os.getpid()}"
        self.waiting.begin([*cmd, parent], kwargs["env"])
        return self.connection_info


def _become_kernel(waits: int) -> None:
    """Wait for the command, then do in this process what it would do in a new one."""
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        with os.fdopen(waits, encoding="utf-8") as pipe:
            text = pipe.read()
        if not text:
            return  # whoever was to begin is gone
        command, environment = json.loads(text)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = command[command.index(LAUNCHER) :]
        np.random.seed()  # noqa: NPY002 - what a notebook draws from is new in each
        IPKernelApp.launch_instance(sys.argv[1:])
        code = 0
    except BaseException:  # noqa: BLE001 - this process must not run on as another
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)
