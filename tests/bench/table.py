#!/usr/bin/env python3
"""What the programs cost, beside peers that are installed and beside an earlier build, in one run.

    table.py BUILD [--saved PREFIX] [ROUNDS]

Each figure is the least CPU (user + system, of the whole process tree) of some rounds, in which ours, the saved build's (below
PREFIX/bin, as `make bench-save` puts it) and the peer's run in turns, so that all meet the same machine. The peers do what their
libraries offer for the same job: ReportLab sets the texts of the form's own pages as paragraphs at their places, and draws their
rules, with one TrueType face embedded; mutool puts the same PDFs and pictures together and stamps a number on each page.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
os.environ.setdefault("SHENBAO_BUILD", os.path.join(ROOT, "build"))
from batches import generate  # noqa: E402
from cost import cpu  # noqa: E402
from dossier import write_batch  # noqa: E402

FORMS, CHECKED, PEOPLE, PACKED = 200, 1000, 10000, 120
FACE = "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"
RULE = re.compile(rb"^([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re$", re.M)
WORD = re.compile(r'<page|<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)')


def pages_of(pdf):
    """[[texts, rules]] of a paper's pages: (x, y, size, text) and (x, y, width, height), in points from below."""
    pages = []
    for m in WORD.finditer(subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout):
        if m[0] == "<page":
            pages.append([[], []])
        else:
            pages[-1][0].append((float(m[1]), 842 - float(m[3]), float(m[3]) - float(m[2]), m[4]))
    for n, page in enumerate(pages, 1):
        one = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", "--pages", pdf, str(n), "--", pdf, "-"], capture_output=True).stdout
        page[1].extend(tuple(map(float, m.groups())) for m in RULE.finditer(one))
    return pages


class Bench:
    def __init__(self, build, saved, rounds):
        self.ours, self.saved, self.rounds = os.path.join(build, "bin", "shenbao"), saved and os.path.join(saved, "bin", "shenbao"), rounds

    def row(self, what, args, divisor=1, peer=None, told="", clean=None):
        """Runs in turns, and prints what one of `divisor` things costs. peer: (name, command, divisor)."""
        commands = {"ours": ([self.ours, *args], divisor)}
        if self.saved:
            commands["saved"] = ([self.saved, *args], divisor)
        if peer and peer[1]:
            commands[peer[0]] = (peer[1], peer[2])
        least = {}
        for _ in range(self.rounds):
            for name, (command, many) in commands.items():
                if clean:
                    shutil.rmtree(clean, ignore_errors=True)
                least[name] = min(least.get(name, 1e9), cpu(*command)[0] / many)
        ours = least.pop("ours")
        line = f"{what:<42}{ours * 1000:>10.2f} ms"
        for name, cost in least.items():
            line += f"   {name} {cost * 1000:.2f}, ratio {ours / cost:.3f}"
        if peer and not peer[1]:
            line += f"   {peer[0]} is not installed"
        print(line + ("   " + told if told else ""), flush=True)


def reportlab(folder, pages, copies):
    """The command of the peer; None: it is not installed."""
    if subprocess.run([sys.executable, "-c", "import reportlab"], capture_output=True).returncode or not os.path.exists(FACE):
        return None
    path = os.path.join(folder, "pages.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(pages, f)
    return [sys.executable, os.path.join(HERE, "reportlab_pages.py"), FACE, path, os.path.join(folder, "peer"), str(copies)]


def forms(bench, folder):
    one, many, out = generate(folder, 1), generate(folder, FORMS), os.path.join(folder, "forms")
    first, report = os.path.join(folder, "one.pdf"), os.path.join(folder, "report.json")
    subprocess.run([bench.ours, "evaluation-form", "-q", "-o", first, one], check=True)
    subprocess.run([bench.ours, "evaluation-form", "-q", "--report", report, "-o", out + "/", many], check=True)
    with open(report, encoding="utf-8") as f:
        count = sum(a["documents"][0]["pages"] for a in json.load(f)["applicants"])
    size = sum(e.stat().st_size for e in os.scandir(out))
    pages = pages_of(first)
    bench.row("start, with one form", ["evaluation-form", "-q", "-j1", "-o", first, one], peer=("ReportLab", reportlab(folder, pages, 1), 1))
    bench.row("a page of the form", ["evaluation-form", "-q", "-o", out + "/", many], count, ("ReportLab", reportlab(folder, pages, 20), 20 * len(pages)),
              f"{size / count / 1000:.1f} KB")


def mutool(folder, sources):
    if not shutil.which("mutool"):
        return None
    return ["/usr/bin/env", "mutool", "run", os.path.join(HERE, "stamp.js"), os.path.join(folder, "stamped.pdf"), *sources]


def main():
    args = sys.argv[1:]
    saved = os.path.abspath(args.pop(args.index("--saved") + 1)) if "--saved" in args else None
    args = [a for a in args if a != "--saved"]
    bench = Bench(os.path.abspath(args[0] if args else os.path.join(ROOT, "build")), saved, int(args[1]) if len(args) > 1 else 3)
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        forms(bench, folder)
        batch, sources = write_batch(folder)
        out, report = os.path.join(folder, "out.pdf"), os.path.join(folder, "dossier.json")
        bench.row("dossier of 200 pages", ["dossier", "-q", "--report", report, "-o", out, batch], peer=("mutool", mutool(folder, sources), 1))
        bench.row("check, an applicant", ["check", "-q", generate(folder, CHECKED)], CHECKED)
        many = generate(folder, PEOPLE)
        bench.row(f"roster of {PEOPLE:,}, whole", ["roster", "-q", "-o", os.path.join(folder, "roster.xlsx"), many])
        tree = os.path.join(folder, "tree")
        bench.row("package, an applicant", ["package", "-q", "-o", tree, generate(folder, PACKED)], PACKED, clean=tree)


if __name__ == "__main__":
    main()
