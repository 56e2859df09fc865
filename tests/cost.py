"""What a command costs."""
import subprocess
import sys

# A process counts as large as it was before it became another program: so the one that starts the command is small.
SCRIPT = """import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, u = os.wait4(pid, 0)
print(u.ru_utime + u.ru_stime, u.ru_maxrss, os.waitstatus_to_exitcode(status), file=sys.stderr)
"""


def cpu(*args):
    """(seconds of user and system, peak KB of the largest process) of one command, its path first."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", SCRIPT, *args], capture_output=True, text=True)
    seconds, peak, status = done.stderr.strip().splitlines()[-1].split()
    if status != "0":
        sys.exit(f"{' '.join(args)}: exit {status}\n{done.stderr}")
    return float(seconds), int(peak)
