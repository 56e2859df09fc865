#!/usr/bin/env python3
"""Runs every test: the unit programs (cmocka, TAP), then the black-box tests beside this file.

    run.py [BUILD]              all, as many at once as there are processors
    run.py [BUILD] NAME...      those of these names: test_core, blackbox_check, check, ...
    run.py BUILD --also OTHER   all, the desk in a browser, and of another build what needs no program: the unit tests, the fuzz
                                targets' corpus

BUILD is a folder, "build" where none is named.

Closes with one line: N passed, N failed, N skipped. Of a build made with --coverage each program of tests counts into a
folder of its own, BUILD/reached/NAME: a process that a test kills while it writes its counts spoils no others'.
"""
import concurrent.futures
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LIMIT = 7200 if os.environ.get("SHENBAO_LONG") else 3000  # seconds for one program of tests, watched by sanitizers, too; it guards against a hang

# What takes longest begins first, so that nothing is left to run alone.
LONGEST = ["blackbox_package", "blackbox_dossier", "blackbox_roster", "blackbox_dossier_places", "blackbox_letters"]


def run_limited(command, env):
    """(status, output) of a command; what outlives the limit is ended with all that it began."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace", start_new_session=True)
    try:
        output, _ = process.communicate(timeout=LIMIT)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return -1, output + f"\nnot done after {LIMIT} s\n"


def environment(build, name, **more):
    """That of one program of tests."""
    reached = os.path.join(build, "reached", name)
    return dict(os.environ, SHENBAO_BUILD=build, GCOV_PREFIX=reached, GCOV_ERROR_FILE=os.devnull, **more)


def run_unit(build, name):
    """(passed, failed, skipped, output) of a cmocka program; one that crashes is a failure of its own."""
    status, output = run_limited([os.path.join(build, "tests", name)], environment(build, name, CMOCKA_MESSAGE_OUTPUT="TAP"))
    skipped = len(re.findall(r"^(?:not )?ok .*# SKIP", output, re.M))
    passed = len(re.findall(r"^ok ", output, re.M)) - skipped
    failed = len(re.findall(r"^not ok ", output, re.M))
    return passed, failed or int(status != 0), skipped, output


def run_blackbox(build, name):
    """The same of a module of black-box tests. A test whose subtests fail is one that failed."""
    status, output = run_limited([sys.executable, "-m", "unittest", name], environment(build, name, PYTHONPATH=HERE))
    ran = re.search(r"^Ran (\d+) test", output, re.M)
    counts = {k: int(n) for k, n in re.findall(r"(failures|errors|skipped)=(\d+)", output.rsplit("\n\n", 1)[-1])}
    failed = len(set(re.findall(r"^(?:FAIL|ERROR): (.*?\))", output, re.M)))
    skipped = counts.get("skipped", 0)
    if not ran:
        return 0, 1, 0, output
    return max(0, int(ran[1]) - failed - skipped), failed or int(status != 0), skipped, output


def run(task):
    kind, name, build = task
    return name, build, kind(build, name)


def tasks(build, names, also):
    folder = os.path.join(build, "tests")
    units = sorted(n for n in os.listdir(folder) if "." not in n) if os.path.isdir(folder) else []
    modules, browser = [sorted(n[:-3] for n in os.listdir(HERE) if re.fullmatch(prefix + r"_\w+\.py", n)) for prefix in ("blackbox", "desk")]
    modules.sort(key=lambda n: LONGEST.index(n) if n in LONGEST else len(LONGEST))
    found = [(run_blackbox, n, build) for n in modules] + [(run_unit, n, build) for n in units]
    if also:
        found += [(run_unit, n, also) for n in units] + [(run_blackbox, "blackbox_fuzz", also)]
    if also or names:
        found += [(run_blackbox, n, build) for n in browser]
    lost = [n for n in names if not any(n in (t[1], t[1].partition("_")[2]) for t in found)]
    if lost:
        sys.exit(f"no such tests, or not built (make {os.path.relpath(folder, ROOT)}/NAME): {' '.join(lost)}")
    return [t for t in found if not names or t[1] in names or t[1].partition("_")[2] in names]


def main():
    if not importlib.util.find_spec("openpyxl"):
        sys.exit(f"{sys.executable} has no module openpyxl: run with the python3 that python3-openpyxl was installed for, /usr/bin/python3")
    names, also = sys.argv[1:], None
    if "--also" in names[:-1]:
        also = os.path.abspath(names.pop(names.index("--also") + 1))
        names.remove("--also")
    if any(a.startswith("-") for a in names):
        print(__doc__, end="", file=sys.stderr)
        return 2
    build = os.path.abspath(names.pop(0) if names and os.path.isdir(os.path.join(names[0], "bin")) else "build")
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory(prefix="shenbao-cache-") as cache, \
            concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        os.environ["XDG_CACHE_HOME"] = os.environ["XDG_CONFIG_HOME"] = cache  # not the user's own
        os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]  # python3 is this one, everywhere
        for done in concurrent.futures.as_completed([pool.submit(run, t) for t in tasks(build, names, also)]):
            name, of, (*counts, output) = done.result()
            name = name if of == build else os.path.join(os.path.basename(of), name)
            total = [a + b for a, b in zip(total, counts)]
            print("{}: {} passed, {} failed, {} skipped".format(name, *counts), flush=True)
            if counts[1]:
                print(output[-8000:], flush=True)
    print("{} passed, {} failed, {} skipped".format(*total))
    return 1 if total[1] or total[0] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
