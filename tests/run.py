#!/usr/bin/env python3
"""Runs every test: the unit programs (cmocka, TAP), then the black-box tests beside this file.

Closes with one line: N tests: P passed, F failed, S skipped.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def run_units(build):
    """Counts (passed, failed) over the cmocka programs; one that crashes is a failure of its own."""
    passed = failed = 0
    folder = os.path.join(build, "tests")
    names = sorted(n for n in os.listdir(folder) if "." not in n) if os.path.isdir(folder) else []
    for name in names:
        env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
        done = subprocess.run([os.path.join(folder, name)], cwd=ROOT, env=env, capture_output=True, text=True,
                              errors="replace", timeout=600)
        ok = len(re.findall(r"^ok ", done.stdout, re.M))
        bad = len(re.findall(r"^not ok ", done.stdout, re.M))
        if done.returncode != 0 and bad == 0:
            bad = 1
        passed += ok
        failed += bad
        print(f"{name}: {ok} passed, {bad} failed")
        if bad:
            print(done.stdout[-4000:], done.stderr[-4000:], sep="\n")
    return passed, failed


def main():
    build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
    os.environ["SHENBAO_BUILD"] = build
    with tempfile.TemporaryDirectory(prefix="shenbao-cache-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache  # not the user's own
        return run(build)


def run(build):
    passed, failed = run_units(build)
    suite = unittest.defaultTestLoader.discover(HERE, pattern="blackbox_*.py")
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(result.failures) + len(result.errors)
    passed += result.testsRun - bad - len(result.skipped)
    failed += bad
    print(f"{passed + failed} tests: {passed} passed, {failed} failed, {len(result.skipped)} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
