#!/usr/bin/env python3
"""Writes the list of files of README.md anew, out of what each file says of itself in its first comment.

    map.py          writes it
    map.py --check  says what is not true any more
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "README.md")
BEGIN, END = "<!-- files: map.py writes them -->\n", "<!-- end of files -->\n"


def purpose(path):
    """The first sentence of the first comment, behind 'name - '."""
    with open(path, encoding="utf-8") as f:
        found = re.match(r"/\*\s*[\w-]+\.[ch] - (.*?)\*/", f.read(), re.S)
    text = re.sub(r"\s*\n \*\s*", " ", found[1]).strip() if found else ""
    return re.split(r"(?<=[a-z)\d\w])\.(?:\s|$)", text, maxsplit=1)[0].rstrip(".")


def files_of(folder):
    """A line for each module: what its header says, or, without one, the file itself."""
    lines = []
    for name in sorted(os.listdir(os.path.join(HERE, folder))):
        stem, suffix = os.path.splitext(name)
        header = os.path.join(HERE, folder, stem + ".h")
        if suffix == ".c":
            said = purpose(header) if os.path.exists(header) else purpose(os.path.join(HERE, folder, name))
        elif suffix == ".h" and not os.path.exists(header[:-1] + "c"):
            said = purpose(header)
        elif suffix == ".py":
            with open(os.path.join(HERE, folder, name), encoding="utf-8") as f:
                said = re.search(r'"""(.*?)(?:\.\s|\n|""")', f.read())[1]
        else:
            continue
        lines.append(f"- `{name}` {said}\n")
    return lines


def listing():
    folders = sorted(e for e in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, e)))
    return "\n".join(f"### {folder}/\n\n" + "".join(files_of(folder)) for folder in folders if files_of(folder))


def main():
    with open(README, encoding="utf-8") as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    new = before + BEGIN + listing() + END + after
    if "--check" in sys.argv:
        silent = [line for line in listing().splitlines() if re.fullmatch(r"- `[^`]*` ?", line)]
        for line in silent:
            print(f"{line}: its first comment does not say what it is", file=sys.stderr)
        if new != text:
            print("generators/README.md: its list of files is not true any more: python3 generators/map.py", file=sys.stderr)
        sys.exit(bool(silent) or new != text)
    with open(README, "w", encoding="utf-8") as f:
        f.write(new)


if __name__ == "__main__":
    main()
