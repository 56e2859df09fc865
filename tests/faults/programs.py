"""Every program with a sample that reads and writes all kinds of its files."""
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from batches import APPLICANT, ROOT, SAMPLES, generate  # noqa: E402

BATCH = os.path.join(SAMPLES, "batch.xml")
BOOK = os.path.join(SAMPLES, "batch.xlsx")
SECOND = os.path.join(SAMPLES, "jiangsu", "batch.xml")
PAPERS = ["evaluation-form", "composite-table", "score-sheet", "milestone-form", "post-form", "pledge", "public-notice",
          "statement", "work-history", "material-list", "checklist", "dossier"]
SUMMARIES = ["summary-a", "summary-b", "summary-c", "summary-d", "summary-e", "summary-professor", "summary-engineer"]
SANITIZER = {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}  # a preloaded library comes before it
OF_PACKAGES = {"manifest.json", "report.json", "report.html", "changes.html", "changes.json", "print-list.txt", "print.sh"}
DOCX = {"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
                       'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
                       'Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
                             '<w:p><w:r><w:t>任现职以来</w:t></w:r></w:p></w:body></w:document>'}


@dataclass
class Case:
    """A run of a program in a folder that holds what is in before."""
    name: str
    arguments: list
    before: str = ""                          # a folder, copied; "": an empty one
    env: dict = field(default_factory=dict)   # beside the common ones
    stdin: str = os.devnull                   # what standard input reads
    spare: str = ""                           # a file that only saves time: without it all is done the long way

    @property
    def packages(self):
        """A package costs ten times as much as others."""
        return self.arguments[0] == "package" and "-o" in self.arguments


def own(folder, name, **files):
    """A folder of such files: contents, or the path of what is copied."""
    path = os.path.join(folder, name)
    os.makedirs(path)
    for file, content in files.items():
        target = os.path.join(path, file.replace("__", "/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if isinstance(content, bytes):
            with open(target, "wb") as f:
                f.write(content)
        else:
            (shutil.copytree if os.path.isdir(content) else shutil.copy)(content, target)
    return path


def only(batch, *ids):
    """A batch beside it with these applicants alone."""
    path = os.path.join(os.path.dirname(batch), "-".join(ids) + ".xml")
    with open(batch, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(APPLICANT.sub(lambda a: a[0] if any(f'"{i}"' in a[0] for i in ids) else "", text))
    return path


def run(binary, folder, *arguments):
    subprocess.run([binary, *arguments], cwd=folder, check=True, capture_output=True,
                   env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": folder, **SANITIZER})


def word_document(path):
    with zipfile.ZipFile(path, "w") as z:
        for name, text in DOCX.items():
            z.writestr(name, text)
    return path


def in_utf16(folder):
    """The samples' batch as other editors write it."""
    path = os.path.join(folder, "utf16.xml")
    with open(BATCH, encoding="utf-8") as f, open(path, "w", encoding="utf-16", newline="") as out:
        out.write(f.read().replace('encoding="UTF-8"', 'encoding="UTF-16"', 1))
    return path


def locked(folder):
    """A batch one of whose scans opens by a password."""
    path = own(folder, "locked", **{"batch.xml": BATCH, "words": b"geheim\n", "photos": os.path.join(SAMPLES, "photos"),
                                    "scans__A001": os.path.join(SAMPLES, "scans", "A001")})
    scan = os.path.join(path, "scans", "A001", "title.pdf")
    subprocess.run(["qpdf", "--encrypt", "geheim", "owner", "256", "--", scan, scan + ".locked"], check=True)
    os.replace(scan + ".locked", scan)
    return path


def papers(folder):
    ways = {"work-history": ("-", {"stdin": BATCH}), "material-list": (in_utf16(folder), {}), "dossier": ("batch.xml", {"before": locked(folder)})}
    for name in PAPERS:
        source, more = ways.get(name, (BATCH, {}))
        own_options = ["--password-file", "words"] if name == "dossier" else []
        yield Case(name, [name, "-a", "A001", "-o", "a.pdf", "--report", "a.json", *own_options, source], **more)
    yield Case("pages for a browser", ["pledge", "--svg", "-a", "A001", "-o", "all/", BATCH])
    for name in SUMMARIES:
        yield Case(name, [name, "-o", "a.pdf", SECOND])
    for name in ("brief-table", "brief-table-middle"):
        yield Case(name, [name, "-a", "B001", "-o", "a.pdf", SECOND])
    yield Case("delegation-letter", ["delegation-letter", "-o", "a.pdf", BATCH])
    yield Case("papers of all", ["statement", "-j", "2", "-o", "all/", "--report", "a.json", BATCH])
    yield Case("to standard output", ["pledge", "-a", "A001", "-o", "-", BATCH])
    yield Case("roster", ["roster", "-o", "a.xlsx", BATCH])
    yield Case("roster, a sheet a unit", ["roster", "--sheet-per-unit", "--sort", "pinyin", "-o", "a.xlsx", BATCH])
    yield Case("print", ["roster", "--print", "-o", "a.pdf", BATCH])


def checks(book):
    for form in ("text", "json", "html"):
        yield Case(f"check {form}", ["check", "-a", "A001", "--format", form, "-o", "a." + form, BATCH])
    yield Case("check xlsx", ["check", "--rules", "R02,R40,R68", "--format", "xlsx", "-o", "a.xlsx", book])
    yield Case("check, and excerpts", ["check", "--rules", "R02", "--format", "json", "--excerpts", "a.excerpts", "-o", "a.json", book],
               spare="a.excerpts")
    yield Case("check by units", ["check", "--split", "unit", "--rules", "R02,R40,R68", "--format", "html", "-o", "all/", BATCH])


def data(folder, book):
    spoken = os.path.join(folder, "spoken.xlsx")
    import openpyxl
    sheets = openpyxl.load_workbook(book)
    for row in range(2, sheets["述职"].max_row + 1):
        for column in "ABC":
            sheets["述职"][f"{column}{row}"] = None
    sheets["述职"]["A2"], sheets["述职"]["C2"] = "A001", "述职.docx"
    sheets.save(spoken)
    scans = own(folder, "scans", scans__A003=os.path.join(SAMPLES, "scans", "A003"), **{"batch.xml": BATCH})
    yield Case("workbook, blank", ["workbook", "-o", "a.xlsx"])
    corrections = os.path.join(folder, "corrections")
    with open(corrections, "w", encoding="utf-8") as f:
        f.write('{"applicant": "A001", "field": "person/name", "value": "某某"}\n{"place": "人员!B3", "value": "甲"}\n')
    yield Case("workbook, corrected", ["workbook", "--corrections", corrections, "-o", "a.xlsx", book])
    yield Case("workbook", ["workbook", "-a", "A001", "-o", "a.xlsx", BATCH])
    yield Case("workbook, scans", ["workbook", "-a", "A003", "--scans", "scans", "-o", "a.xlsx", "batch.xml"], scans)
    yield Case("import", ["import", "-o", "a.xml", BOOK])
    yield Case("import of both", ["import", "-o", "a.xml", book, only(shutil.copy(BATCH, folder), "A002", "A003")])
    below = own(folder, "below", sub=scans)
    yield Case("import, scans", ["import", "-a", "A003", "--scans", "sub/scans", "-o", "a.xml", "sub/batch.xml"], below)
    yield Case("import, statements", ["import", "-o", "a.xml", "spoken.xlsx"], own(
        folder, "statements", **{"spoken.xlsx": spoken, "述职.docx": word_document(os.path.join(folder, "a.docx"))}))
    yield Case("profiles", ["profiles"])
    yield Case("profiles, one", ["profiles", "--check", "zhejiang-mining"])
    yield Case("schema", ["schema", "-o", "a.xsd"])
    yield Case("fonts", ["fonts"])
    yield Case("fonts, covered", ["fonts", "--cover", "爆破"])
    yield Case("upload", ["upload", "-a", "A003", "-o", "tree/", "--report", "a.json", BATCH])
    yield Case("upload, done", ["upload", "--done", "list.txt", "batch.xml"],
               own(folder, "uploaded", **{"batch.xml": BATCH, "list.txt": b"A003\n"}))


def few_papers(folder):
    """An overlay by which a package holds one paper of a kind."""
    with open(os.path.join(ROOT, "templates", "zhejiang-mining", "package.xml"), encoding="utf-8") as f:
        text = f.read()
    kept = ("delegation-letter", "roster", "dossier", "pledge")
    text = re.sub(r'<paper name="([^"]*)".*?/>', lambda m: m[0] if m[1] in kept else "", text)
    return own(folder, "few", **{"package.xml": text.encode()})


def changed(batch):
    """The same with another word in it, beside it."""
    path = batch + ".changed.xml"
    with open(batch, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
        out.write(f.read().replace("爆破", "爆碎", 1))
    return path


def packages(binary, folder):
    people = own(folder, "people")
    all_ = generate(people, 8)
    batch, two = only(all_, "B00002"), only(all_, "B00002", "B00004")
    first = own(folder, "first")
    package = ["package", "-q", "-j", "1", "-T", few_papers(folder), "-o", "tree/"]
    run(binary, first, *package, two)
    shutil.rmtree(os.path.join(first, ".cache"), ignore_errors=True)
    yield Case("package", [*package, batch])
    yield Case("package, nothing nameless", [*package, batch], env={"FAULT_NAMELESS": "no"})
    yield Case("package again", [*package, "--prune=all", "--log", "log", "--stamp", "stamp", "--group", "root", changed(batch)], first)
    yield Case("package --verify", ["package", "--verify", "tree/"], first)
    yield Case("a shard", [*package, "--shard", "1/2", two])
    yield Case("a form, nothing nameless", ["pledge", "-a", "A001", "-o", "a.pdf", BATCH], env={"FAULT_NAMELESS": "no"})
    yield Case("a roster, nothing nameless", ["roster", "-o", "a.xlsx", BATCH], env={"FAULT_NAMELESS": "no"})


def cases(binary, folder):
    """All; their inputs are put into the folder."""
    book = os.path.join(folder, "one.xlsx")
    run(binary, folder, "workbook", "-a", "A001", "-o", book, BATCH)
    return [*papers(folder), *checks(book), *data(folder, book), *packages(binary, folder)]
