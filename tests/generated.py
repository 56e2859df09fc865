"""Inputs that are not samples, the same each time: applicants of random length, and a batch whose proofs are odd PDFs."""
import glob
import os
import re
import shutil

import applicants
import dossiers
import odd_pdfs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
APPLICANTS, SEED = 16, 7
# What is drawn of them; the others print little that varies.
PAPERS = ("evaluation-form", "composite-table", "statement", "work-history", "material-list", "delegation-letter")


def batch(folder):
    """The path of a batch of random applicants."""
    return applicants.generate(folder, APPLICANTS, SEED)


def attached(folder):
    """The path of the samples' batch, whose proofs are the PDFs of tests/cases and tests/attachments in turn."""
    with open(os.path.join(ROOT, "samples/batch.xml"), encoding="utf-8") as f:
        text = f.read()
    files = sorted(glob.glob(os.path.join(ROOT, "tests/cases/*/*.pdf")) + glob.glob(os.path.join(ROOT, "tests/attachments/*.pdf")))
    for path in files:
        shutil.copy(path, folder)
    for name in ("scans", "photos"):
        if not os.path.exists(os.path.join(folder, name)):
            shutil.copytree(os.path.join(ROOT, "samples", name), os.path.join(folder, name))
    number = iter(range(10**6))
    text = re.sub(r'href="scans/[^"]*\.pdf"(?: pages="[^"]*")?',
                  lambda m: f'href="{os.path.basename(files[next(number) % len(files)])}"', text)
    path = os.path.join(folder, "attached.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def odd(folder):
    """The path of a batch of one applicant whose proofs are the PDFs of odd_pdfs; T beside it has small papers of ours."""
    body = ""
    for i, (name, data) in enumerate(odd_pdfs.all_of_them()):
        with open(os.path.join(folder, name + ".pdf"), "wb") as f:
            f.write(data)
        body += dossiers.honour(f"H{i:02}", name + ".pdf")
    dossiers.overlay(os.path.join(folder, "T"))
    path = os.path.join(folder, "odd.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(dossiers.batch(dossiers.applicant(body)))
    return path
