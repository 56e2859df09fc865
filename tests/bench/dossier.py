#!/usr/bin/env python3
"""What a dossier of 200 pages costs: 50 PDFs of two pages and 100 scans, 67 MB. CPU of the whole process tree, peak memory of its
largest process, and beside them qpdf and mutool putting the same files together as they are, where they are installed."""
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.dirname(HERE)), "build"))
os.environ["SHENBAO_BUILD"] = BUILD

import dossiers  # noqa: E402
import pdfs  # noqa: E402

SCRIPT = ("import resource,subprocess,sys;r=subprocess.run(sys.argv[1:],capture_output=True).returncode;"
          "u=resource.getrusage(resource.RUSAGE_CHILDREN);print(u.ru_utime+u.ru_stime,u.ru_maxrss,r)")


def measure(*args):
    """The least CPU seconds of five runs, and the peak in MB."""
    best = peak = None
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", SCRIPT, *args], capture_output=True, text=True, check=True)
        cpu, kilobytes, status = (float(v) for v in done.stdout.split())
        if status:
            sys.exit(f"{' '.join(args)}: exit {status:g}")
        best = cpu if best is None else min(best, cpu)
        peak = max(peak or 0, kilobytes / 1024)
    return best, peak


def heavy_jpeg(size, noise):
    """A sample's scan made heavier by comments: what counts here is how its bytes go through."""
    data = pdfs.jpeg(1)
    filler = b""
    while len(data) + len(filler) < size:
        filler += b"\xff\xfe\xff\xff" + noise(65533)
    return data[:2] + filler + data[2:]


def write_batch(folder):
    """(path of a batch, paths of the PDFs and pictures that its one applicant cites)."""
    random_bytes = random.Random(1).randbytes
    body, sources = "", []
    for i in range(150):
        name = f"{i}.pdf" if i < 50 else f"{i}.jpg"
        if i < 50:
            pdf = pdfs.Pdf()
            for _ in range(2):
                image = pdf.stream(random_bytes(160000), "/Type/XObject/Subtype/Image/Width 400/Height 400/BitsPerComponent 8"
                                   "/ColorSpace/DeviceGray")
                pdf.page("".join(pdfs.words("some text", 72, 800 - 9 * k, 8) for k in range(80)) + "q 300 0 0 300 90 90 cm /I Do Q",
                         resources=f"/XObject<</I {image} 0 R>>")
            data = pdf.bytes()
        else:
            data = heavy_jpeg(510000, random_bytes)
        sources.append(os.path.join(folder, name))
        with open(sources[-1], "wb") as f:
            f.write(data)
        body += dossiers.honour(f"H{i}", name, f"第{i}项材料")
    path = os.path.join(folder, "batch.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(dossiers.batch(dossiers.applicant(body)))
    return path, sources


def main():
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        path, sources = write_batch(folder)
        total = sum(map(os.path.getsize, sources))
        empty = os.path.join(folder, "empty.xml")
        with open(empty, "w", encoding="utf-8") as f:
            f.write(dossiers.batch(dossiers.applicant("")))
        out = os.path.join(folder, "out.pdf")
        start, _ = measure(dossiers.PROGRAM, "dossier", "-o", out, empty)
        cpu, peak = measure(dossiers.PROGRAM, "dossier", "-o", out, path)
        size = os.path.getsize(out)
        pages = subprocess.run(["qpdf", "--show-npages", out], capture_output=True, text=True, check=True).stdout.strip()
        print(f"dossier: {pages} pages of {total / 1e6:.0f} MB: {cpu * 1000:.0f} ms CPU ({start * 1000:.0f} of it start-up and own papers), "
              f"{size / 1e6:.0f} MB, peak {peak:.0f} MB (inputs + 2 x output: {(total + 2 * size) / 2**20:.0f})")
        bound = os.path.join(folder, "bound.pdf")
        for name, args in (("qpdf", ["qpdf", "--empty", "--pages", *sources[:50], "--", bound]),
                           ("mutool", ["mutool", "merge", "-o", bound, *sources[:50]])):
            if shutil.which(name):
                cpu, peak = measure(*args)
                print(f"{name}, the 50 PDFs alone, nothing stamped: {cpu * 1000:.0f} ms CPU, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
