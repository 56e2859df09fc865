#!/usr/bin/env python3
"""Fuzzes the doors of a build with libFuzzer (make fuzz), one after the other, and prints what came of each.

    run.py BUILD SECONDS [DOOR...]      each so long; new inputs go to BUILD/corpus, what was found to BUILD/found
    run.py --keep BUILD [DOOR...]       tests/fuzz/corpus becomes the smallest files that reach all that is reached

The last line says how many doors were fuzzed and how many inputs were found that end the process; status 1 for any.
Several may be at work in a build at once: each has seeds of its own, and leaves out a door that another is fuzzing.
"""
import fcntl
import hashlib
import heapq
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUDGET = 90_000  # bytes of a door's committed corpus
LARGEST = {"workbook": 1 << 17, "rules": 1 << 16, "vocabulary": 1 << 17, "tables": 1 << 16, "upload": 1 << 16, "join": 1 << 16, "sheets": 1 << 16}  # else 32 KiB
OPTIONS = ["-timeout=25", "-rss_limit_mb=2560", "-print_final_stats=1", "-verbosity=1", "-use_value_profile=0"]


def doors(build, names):
    found = sorted(n for n in os.listdir(os.path.join(build, "fuzz")) if n != "obj")
    lost = [n for n in names if n not in found]
    if lost:
        sys.exit(f"no such door: {' '.join(lost)} (there are {' '.join(found)})")
    return names or found


def environment():
    return dict(os.environ, ASAN_OPTIONS="detect_leaks=1:handle_abort=1:malloc_context_size=1", UBSAN_OPTIONS="print_stacktrace=1",
                LSAN_OPTIONS="suppressions='" + os.path.join(ROOT, "tests/lsan.supp") + "':print_suppressions=0")


def known(door):
    """Folders of inputs that stay as they are."""
    return [p for p in (os.path.join(HERE, "corpus", door), os.path.join(HERE, "crashes", door)) if os.path.isdir(p)]


def fuzz(build, seeds, seconds, door):
    """A line of the table, and how many inputs were found."""
    begun, work, found = os.path.join(seeds, door), os.path.join(build, "corpus", door), os.path.join(build, "found", door)
    for folder in (begun, work, found):
        os.makedirs(folder, exist_ok=True)
    words = begun + ".dict"
    command = [os.path.join(build, "fuzz", door), f"-max_total_time={seconds}", f"-artifact_prefix={found}/",
               f"-max_len={LARGEST.get(door, 1 << 15)}", *OPTIONS, *(["-dict=" + words] if os.path.exists(words) else []),
               work, *known(door), begun]
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with open(found + ".log", "a+", errors="replace", encoding="utf-8") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return f"{door:12} is being fuzzed by another run", 0
        log.truncate(0)
        before = set(os.listdir(found))
        subprocess.run(command, cwd=ROOT, env=environment(), stdout=log, stderr=subprocess.STDOUT, check=False)
        log.seek(0)
        said = log.read()
    new = sorted(set(os.listdir(found)) - before)
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said) or [("0", "0", "0")]
    runs = re.search(r"number_of_executed_units: (\d+)", said)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used
    done = int(runs[1]) if runs else 0
    line = f"{door:12} {done:10} {used:8.1f} {done / max(used, 0.1):8.0f} {' '.join(f'{int(n):8}' for n in reached[-1])}  {' '.join(new)}"
    if not runs and not new:
        new = ["?"]
        line += "did not run: " + said[-300:]
    return line, len(new)


def reached_by(build, seeds, door):
    """What each input that there is reaches: its bytes, features and edges."""
    sources = [p for p in [os.path.join(d, door) for d in (os.path.join(build, "corpus"), seeds)] + known(door)[:1] if os.path.isdir(p)]
    longest = LARGEST.get(door, 1 << 15)
    with tempfile.TemporaryDirectory() as folder:
        empty, told = os.path.join(folder, "empty"), os.path.join(folder, "told")
        os.mkdir(empty)
        done = subprocess.run([os.path.join(build, "fuzz", door), "-set_cover_merge=1", f"-merge_control_file={told}", f"-max_len={longest}",
                               *OPTIONS[:2], empty, *sources], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, errors="replace", check=True)
        with open(told, encoding="utf-8") as f:
            lines = f.read().splitlines()
    counters = int(re.search(r"INFO: Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)", done.stderr)[1])
    paths = lines[2:2 + int(lines[0])]
    for line in lines[2 + int(lines[0]):]:
        kind, number, *features = line.split()
        if kind == "FT":
            features = {int(f) for f in features}
            with open(paths[int(number)], "rb") as f:
                yield f.read(longest), features, {-1 - f // 8 for f in features if f < 8 * counters}


def keep(build, seeds, door):
    """Of all inputs, those that reach the most for their size, as many as the budget holds: an edge counts for eight features."""
    inputs = [(data, features | edges) for data, features, edges in reached_by(build, seeds, door)]
    reached, total, kept = set(), 0, {}
    worth = [(-(8.0 * len(what)) / (len(data) + 100), i) for i, (data, what) in enumerate(inputs)]
    heapq.heapify(worth)
    while worth:
        _, i = heapq.heappop(worth)
        data, what = inputs[i]
        gain = sum(8 if f < 0 else 1 for f in what - reached)
        now = -gain / (len(data) + 100)
        if gain == 0 or total + len(data) > BUDGET:
            continue
        if worth and now > worth[0][0]:
            heapq.heappush(worth, (now, i))
            continue
        reached |= what
        total += len(data)
        kept[hashlib.sha1(data).hexdigest()[:12]] = data
    folder = os.path.join(HERE, "corpus", door)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, data in kept.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    all_edges = set().union(*(what for _, what in inputs))
    print(f"{door}: {len(kept)} of {len(inputs)} files, {sum(f < 0 for f in reached)} of {sum(f < 0 for f in all_edges)} edges", flush=True)


def fuzz_each(build, seeds, seconds, chosen):
    print(f"{'door':12} {'runs':>10} {'CPU s':>8} {'a CPU s':>8} {'edges':>8} {'features':>8} {'corpus':>8}  found", flush=True)
    total = 0
    for door in chosen:
        line, found = fuzz(build, seeds, seconds, door)
        total += found
        print(line, flush=True)
    print(f"{len(chosen)} doors, {total} found")
    return 1 if total else 0


def main():
    arguments = sys.argv[1:]
    keeps = arguments[:1] == ["--keep"]
    if len(arguments) < 2 or not (keeps or arguments[1].isdigit()):
        sys.exit(__doc__.strip())
    build = os.path.abspath(arguments[1 if keeps else 0])
    chosen = doors(build, arguments[2:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what is of this run alone goes with it
    with tempfile.TemporaryDirectory(prefix="seeds-", dir=build) as seeds:
        subprocess.run([sys.executable, os.path.join(HERE, "seeds.py"), seeds], check=True)
        if not keeps:
            return fuzz_each(build, seeds, int(arguments[1]), chosen)
        for door in chosen:
            keep(build, seeds, door)
    return 0


if __name__ == "__main__":
    sys.exit(main())
