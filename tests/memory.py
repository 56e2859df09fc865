"""What the processes of a run take: looked at while they run, several times a second."""
import os
import subprocess
import time

ROLES = ("parent", "worker", "roster", "merger")


def rollup(pid):
    """{field: KB} of /proc/PID/smaps_rollup; empty when it has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            rows = [line.split() for line in f if line.endswith("kB\n")]
    except OSError:
        return {}
    return {row[0].rstrip(":"): int(row[1]) for row in rows}


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def role_of(out):
    """Of a child that is new: by what its parent has come to."""
    if os.path.isdir(os.path.join(out, "print")):
        return "merger"
    folders = [os.path.join(out, d) for d in os.listdir(out)] if os.path.isdir(out) else []
    return "roster" if any(os.path.exists(os.path.join(d, "评审委托书.pdf")) for d in folders) else "worker"


def watch(command, out, **more):
    """Runs a package into out, which is not there yet. (status, {role: (private KB, resident KB)}): peaks of one process.

    Private: memory that is this process's own, what it shares with its parent counted as its own too, and no file's pages.
    """
    process = subprocess.Popen(command, **more)
    roles, peaks = {process.pid: "parent"}, {}
    while process.poll() is None:
        for child in children(process.pid):
            if child not in roles:
                roles[child] = role_of(out)
        for pid in [process.pid] + [p for p in roles if p != process.pid]:
            state = rollup(pid)
            if not state:
                roles.pop(pid, None)
                continue
            private, resident = peaks.get(roles[pid], (0, 0))
            peaks[roles[pid]] = (max(private, state["Anonymous"]), max(resident, state["Rss"]))
        roles[process.pid] = "parent"
        time.sleep(0.02)
    return process.returncode, peaks
