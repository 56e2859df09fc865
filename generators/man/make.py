#!/usr/bin/env python3
"""make.py PROGRAM OUT: writes all man pages, gzipped, below OUT (man1/, man5/, and zh_CN/man1/ in Chinese).

A program's page is its own -h, the section of the same name in pages.md, and what all programs share (# common there); in Chinese likewise,
of pages.zh-CN.md. So an option is described in one place. shenbao-templates(5) is templates/README.md; shenbao-report(5) is pages.md with the fields of
templates/base/report.schema.json.
"""
import gzip
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CODE = re.compile(r"`([^`]+)`")


class Language:
    """locale: in which the program speaks it; folder: below OUT."""

    def __init__(self, locale, pages, folder, usage, **heads):
        self.locale, self.pages, self.folder, self.usage, self.heads = locale, pages, folder, usage, heads


ENGLISH = Language("C", "pages.md", "", "usage: ", name="NAME", synopsis="SYNOPSIS", description="DESCRIPTION", options="OPTIONS",
                   programs="PROGRAMS", also="SEE ALSO", call="PROGRAM [options] INPUT...")
CHINESE = Language("zh_CN.UTF-8", "pages.zh-CN.md", "zh_CN/", "用法：", name="名称", synopsis="用法", description="说明", options="选项",
                   programs="程序", also="参见", call="程序 [选项] 输入文件...")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def plain(text):
    """A line of roff out of a line of Markdown."""
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text).replace("\\|", "|")
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = CODE.sub(r"\\fB\1\\fR", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"\\fB\1\\fR", text)
    return "\\&" + text if text[:1] in (".", "'") else text


def roff(markdown, level=1):
    """Headings, lists, tables, code and paragraphs: all that our pages use."""
    out, table = [], []

    def end_table():
        for i, row in enumerate(table):
            cells = [plain(c.strip()) for c in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
            if i == 1 or (i == 0 and not all(cells)):
                continue # the rule below the head; a head that says nothing
            out.append(".TP")
            first = cells[0] or "\\&"
            out.append(first if i else "\\fI" + first + "\\fR")
            out.append(" — ".join(c for c in cells[1:] if c) or "\\&")
        table.clear()

    code = False
    for line in markdown.splitlines():
        if line.startswith("|"):
            table.append(line)
            continue
        end_table()
        is_code = line.startswith("    ")
        if is_code != code and line.strip():
            out.append(".PP\n.nf\n.RS" if is_code else ".RE\n.fi\n.PP")
            code = is_code
        if is_code:
            out.append(plain(line[4:]) or "\\&")
        elif line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            out.append((".SH " if depth <= level else ".SS ") + plain(line.lstrip("# ")))
        elif re.match(r"- ", line):
            out.append(".IP \\(bu 2\n" + plain(line[2:]))
        elif not line.strip():
            out.append(".PP")
        else:
            out.append(plain(line.strip()))
    end_table()
    if code:
        out.append(".RE\n.fi")
    return "\n".join(out)


def sections(text):
    """{name: text} of the parts that begin with '# name'."""
    parts = re.split(r"^# (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def head(name, section, purpose, version, language=ENGLISH):
    return (f".\\\" -*- coding: UTF-8 -*-\n.TH {name.upper()} {section} \"\" \"{version}\" \"shenbao\"\n.nh\n.ad l\n"
            f".SH {language.heads['name']}\n" + plain(name) + " \\- " + plain(purpose) + "\n")


def options(help_text):
    """The lines of -h that describe options, as a list."""
    out = []
    for line in help_text.splitlines():
        found = re.match(r"\s+(-\S.*?)\s{2,}(\S.*)$", line)
        if found:
            out.append(f".TP\n\\fB{plain(found[1])}\\fR\n{plain(found[2])}")
        elif line.startswith("    ") and out:
            out[-1] += " " + plain(line.strip())
    return "\n".join(out)


def schema_fields(schema):
    """Every field of the report with what its schema says."""
    out = []

    def walk(node, path):
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node
        for part in node.get("allOf", []):
            walk(part, path)
        for name, field in node.get("properties", {}).items():
            here = f"{path}.{name}" if path else name
            kind = field.get("type") or ("one of " + ", ".join(map(str, field["enum"])) if "enum" in field else
                                         "always " + str(field["const"]) if "const" in field else "object")
            words = f"{kind}; {field['description']}" if "description" in field else kind
            out.append(f".TP\n\\fB{plain(here)}\\fR\n{plain(words)}")
            if "items" in field:
                walk(field["items"], here + "[]")
            elif kind == "object":
                walk(field, here)

    walk(schema, "")
    return "\n".join(dict.fromkeys(out))


def see_also(language):
    return f".SH {language.heads['also']}\n" + ", ".join("\\fB" + plain(n) + f"\\fR({s})" for n, s in
                                                        [("shenbao", 1), ("shenbao-package", 1), ("shenbao-templates", 5), ("shenbao-report", 5)]) + "\n"


def program_pages(program, language, version):
    """{path: text} of section 1."""
    env = dict(os.environ, LC_ALL=language.locale)

    def says(*args):
        return subprocess.run([program, *args], capture_output=True, text=True, check=True, env=env).stdout

    heads, also = language.heads, see_also(language)
    pages = sections(read("generators", "man", language.pages))
    programs = re.findall(r"^  ([a-z-]+) +(.+)$", says("-h"), re.M)
    folder = language.folder + "man1"
    written = {}
    for name, purpose in programs:
        text = says(name, "-h")
        usage = text.splitlines()[0].removeprefix(language.usage)
        own = roff(pages.get(name, "").strip(), level=2)
        common = roff(pages["common"].strip(), level=2) + "\n" if name not in ("fonts", "package") else ""
        written[f"{folder}/shenbao-{name}.1"] = (
            head(f"shenbao-{name}", 1, purpose, version, language) +
            f".SH {heads['synopsis']}\n{plain(usage)}\n.SH {heads['description']}\n{plain(text.splitlines()[1])}\n" +
            f".SH {heads['options']}\n{options(text)}\n{own}\n" + common + also)
    rows = "\n".join(f".TP\n\\fB{plain(n)}\\fR\n{plain(p)}" for n, p in programs)
    purpose, *rest = pages["shenbao"].strip().splitlines()
    call = plain(heads["call"])
    written[f"{folder}/shenbao.1"] = (
        head("shenbao", 1, purpose, version, language) +
        f".SH {heads['synopsis']}\nshenbao {call}\n.br\nshenbao\\-{call}\n.SH {heads['programs']}\n" + rows + "\n" +
        roff("\n".join(rest), level=2) + "\n" + also)
    return written


def main():
    program, target = sys.argv[1], sys.argv[2]
    version = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    also = see_also(ENGLISH)
    pages = sections(read("generators", "man", ENGLISH.pages))
    written = {**program_pages(program, ENGLISH, version), **program_pages(program, CHINESE, version)}
    written["man5/shenbao-templates.5"] = (head("shenbao-templates", 5, "the language of the papers' templates", version) +
                                           roff(re.sub(r"^# .*\n", "## Description\n", read("templates", "README.md"), count=1), level=2) + "\n" + also)
    written["man5/shenbao-report.5"] = (head("shenbao-report", 5, "the report of all programs, and package's manifest", version) +
                                        roff(pages["report"].strip(), level=2) + "\n.SH FIELDS\n" +
                                        schema_fields(json.loads(read("templates", "base", "report.schema.json"))) + "\n" + also)
    for path, text in written.items():
        path = os.path.join(target, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".gz", "wb") as f:
            f.write(gzip.compress(re.sub(r"(\n\.PP)+(?=\n\.(PP|SH|SS|TP|IP|nf))", "", text).encode(), mtime=0))


if __name__ == "__main__":
    main()
