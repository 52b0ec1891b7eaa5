"""The processes of a server and their memory, as Linux tells them."""

import re
from pathlib import Path

from benchmarks.table import NotInstalled


def workers(pid):
    """Return the ids of the processes that a process has started."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in parentheses and may hold anything.
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            # It ended meanwhile.
            continue
        if int(parent) == pid and state != "Z":
            children.append(int(stat.parent.name))
    return sorted(children)


def family(pid):
    return [pid, *(each for child in workers(pid) for each in family(child))]


def megabytes(pid):
    """Return (PSS, RSS) of a process and all that it started; PSS counts shared pages once."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise NotInstalled("no /proc/*/smaps_rollup here")
    pss = rss = 0
    for each in family(pid):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        pss += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1])
        rss += int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1])
    return pss / 1024, rss / 1024


def peak_megabytes(pid):
    """Return the most memory (RSS) that a process ever had."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        raise NotInstalled("no /proc here")
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)[1]) / 1024
