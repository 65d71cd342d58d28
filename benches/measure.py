"""Runs a command and says how long it took and how much memory its processes held together."""

import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass

POLL_SECS = 0.02


@dataclass
class Run:
    wall_secs: float
    # Most memory the process and its descendants held at one moment (resident, so shared pages count twice).
    peak_tree_bytes: int
    # Most memory a single one of them held.
    peak_process_bytes: int
    stdout: str

    def json(self):
        """The one JSON object a command prints, on its last line."""
        text = self.stdout.strip()
        return json.loads(text if text.startswith("{") and text.count("\n") == 0 else text[text.index("{") :])


class Failed(Exception):
    """A measured command did not end well."""


def run(command, cwd=None, env=None, timeout_secs=7200, poll_secs=POLL_SECS):
    """Runs it to its end. Memory is looked at every `poll_secs`, which holds up a process that has much of it: where
    milliseconds are measured it is None, and only the largest process of the kernel's own account is told."""
    command = [str(part) for part in command]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watch = _Watch(process.pid, poll_secs)
    watch.start()
    # What hangs is ended, and fails below.
    limit = threading.Timer(timeout_secs, process.kill)
    limit.daemon = True
    limit.start()
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    stdout = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    wall_secs = time.perf_counter() - started
    limit.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()
    if process.returncode != 0:
        tail = "\n".join(("".join(errors)).strip().splitlines()[-15:])
        raise Failed(f"exit code {process.returncode}: {' '.join(command)}\n{tail}")
    # ru_maxrss counts KiB and only the largest process; the watch also sees the sum.
    largest = usage.ru_maxrss * 1024
    return Run(wall_secs, max(watch.peak_tree_bytes, largest), max(watch.peak_process_bytes, largest), stdout)


class _Watch(threading.Thread):
    def __init__(self, pid, poll_secs):
        super().__init__(daemon=True)
        self.pid, self.poll_secs = pid, poll_secs
        self.peak_tree_bytes = 0
        self.peak_process_bytes = 0
        self._done = threading.Event()

    def run(self):
        while not self._done.wait(self.poll_secs):
            sizes = [_resident_bytes(pid) for pid in _tree(self.pid)]
            self.peak_tree_bytes = max(self.peak_tree_bytes, sum(sizes))
            self.peak_process_bytes = max(self.peak_process_bytes, *sizes, 0)

    def stop(self):
        self._done.set()
        self.join()


def _resident_bytes(pid):
    """Memory of a process, shared pages counted in parts: libraries of a parent and its workers lie in memory once."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, ValueError, StopIteration):
        return 0


def _tree(pid):
    """The process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        try:
            for thread in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{thread}/children", encoding="ascii") as file:
                    waiting.extend(int(child) for child in file.read().split())
        except OSError:
            continue
    return found
