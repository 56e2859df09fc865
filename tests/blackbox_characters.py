"""Characters from outside: private use in every output, words in Latin letters, sequences with marks, rare characters."""
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
import unittest
import xml.etree.ElementTree as ET
import zipfile

from blackbox_evaluation_form import BATCH, ROOT, folded, shenbao
from profiles import template

CHARACTERS = template("characters.xml")
LATIN = ("Université de Liège, Zürich, Málaga, Besançon, Gdańsk, Kraków, naïve, Córdoba, Lübeck, Père-Lachaise, São Paulo, "
         "Szőke, Győr, Ștefan, Łódź, Đặng, ḿ")
# Composed by the face, composed in part, and with marks that no letter has.
DECOMPOSED = "École Supérieure, Zürich, ñ, å; É Zürich ñ å 对照。Trường Đại học Mỏ, m̃, x̂, q̣, j̃, g̱, x̣̂, が。"
RARE = "䶮国𬱖国𠅤国𰻝国𪚥国㛃"


def unprintable(text):
    return [f"U+{ord(c):04X}" for c in text
            if unicodedata.category(c) == "Co" or "\ufff9" <= c <= "\ufffd"]


def glyphs(pdf):
    """[(character, font)] in reading order, by MuPDF."""
    done = subprocess.run(["mutool", "draw", "-q", "-F", "stext", pdf], capture_output=True, check=True)
    found = []
    for page in re.findall(r"<page.*?</page>", done.stdout.decode(), re.S):
        for font in ET.fromstring(page).iter("font"):
            found += [(c.get("c"), font.get("name")) for c in font.iter("char")]
    return found


class Written(unittest.TestCase):
    """A batch in a folder of its own, with this name and this statement for the first applicant."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        self.addCleanup(kept.cleanup)
        self.dir = kept.name
        for name in ("photos", "scans"):
            shutil.copytree(os.path.join(ROOT, "samples", name), os.path.join(self.dir, name))

    def write(self, name="陈𬱖", statement="一"):
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        text = text.replace("<name>陈𬱖</name>", f"<name>{name}</name>", 1)
        text = re.sub("<statement>.*?</statement>", f"<statement>{statement}</statement>", text, count=1, flags=re.S)
        path = os.path.join(self.dir, "batch.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def statement(self, text):
        """The statement's PDF, and what was said."""
        out = os.path.join(self.dir, "statement.pdf")
        done = shenbao("statement", "-a", "A001", "-o", out, self.write(statement=text))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return out, done.stderr.decode()


class PrivateUse(Written):
    def outputs(self, path):
        """Every program's output for the batch: the texts in it, and the names of files. (texts, names, messages)"""
        texts, names, said = {}, [], ""
        for program, args in (("evaluation-form", ()), ("statement", ()), ("pledge", ()), ("package", ())):
            out = os.path.join(self.dir, program)
            done = shenbao(program, "-a", "A001", *args, "-o", out + "/", path)
            said += done.stderr.decode() + done.stdout.decode()
        done = shenbao("roster", "-o", os.path.join(self.dir, "roster.xlsx"), path)
        said += done.stderr.decode()
        for base, folders, files in os.walk(self.dir):
            for name in files + folders:
                names.append(name)
                where = os.path.join(base, name)
                if name.endswith(".pdf") and "scans" not in base:
                    texts[where] = subprocess.run(["pdftotext", where, "-"], capture_output=True, check=True).stdout.decode()
                    texts[where] += subprocess.run(["mutool", "show", where, "outline"], capture_output=True).stdout.decode()
                    texts[where] += subprocess.run(["pdfinfo", where], capture_output=True, check=True).stdout.decode()
                elif name.endswith(".xlsx"):
                    with zipfile.ZipFile(where) as book:
                        texts[where] = "".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xml"))
                elif name.endswith((".json", ".html", ".txt", ".tsv", ".csv")):
                    with open(where, encoding="utf-8") as f:
                        texts[where] = f.read()
        return texts, names, said

    def test_a_known_code_is_its_character_everywhere(self):
        path = self.write("陈\ue863\ue863", "一\uf0b7二\uf0fc三\uf0d8")
        texts, names, said = self.outputs(path)
        self.assertGreater(len(texts), 8)
        self.assertTrue(any(where.endswith(".xlsx") for where in texts))
        for where, text in list(texts.items()) + [("names", "".join(names)), ("messages", said)]:
            self.assertEqual(unprintable(text), [], where)
        self.assertTrue([n for n in names if "陈䶮䶮" in n])
        self.assertIn("陈䶮䶮", texts[os.path.join(self.dir, "roster.xlsx")])
        statement = next(t for w, t in texts.items() if "/statement/" in w)
        self.assertIn("一•二✓三→", folded(statement))
        self.assertRegex(said, r"batch\.xml:\d+: warning: \[R78\] A001 陈䶮䶮 姓名: .*U\+E863")
        # once a run, not at each bullet
        done = shenbao("statement", "-a", "A001", "-o", os.path.join(self.dir, "s.pdf"), path)
        self.assertEqual(done.stderr.decode().count("info: [R78]"), 1)

    def test_what_the_first_pass_warns_of_fails_where_warnings_are_errors(self):
        path, out = self.write("陈\ue863", "一"), os.path.join(self.dir, "strict.pdf")
        for strict, status in (((), 0), (("--strict",), 1)):
            done = shenbao("statement", "-a", "A001", *strict, "-o", out, path)
            self.assertEqual((done.returncode, os.path.exists(out)), (status, not status), done.stderr.decode())
            if not strict:
                os.remove(out)
        other = shenbao("statement", "-a", "A002", "--strict", "-o", out, path)
        self.assertEqual((other.returncode, os.path.exists(out)), (0, True), other.stderr.decode())

    def test_an_unknown_code_is_refused_by_every_program(self):
        for code in ("\uf8f0", "\U00100000", "\ufffd", "\ufffc"):
            with self.subTest(f"U+{ord(code):04X}"):
                path = self.write("陈" + code)
                texts, names, said = self.outputs(path)
                self.assertFalse([n for n in names if n.startswith("A001-")])
                self.assertNotIn(os.path.join(self.dir, "roster.xlsx"), texts)
                for where, text in list(texts.items()) + [("names", "".join(names)), ("messages", said)]:
                    self.assertEqual(unprintable(text), [], where)
                found = re.findall(rf"batch\.xml:\d+: error: \[R78\] A001 .* 姓名: .*U\+{ord(code):04X}", said)
                self.assertEqual(len(found), 5)

    def test_papers_that_do_not_print_an_unknown_code_are_made(self):
        for field, change, drawn, refused in (
                ("项目名称", ('name="示例港区三期陆域形成开山爆破工程"', 'name="港\ue000区"'),
                 ("pledge", "roster", "delegation-letter"), ("evaluation-form", "dossier")),
                ("主管部门", ('supervisor="示例市应急管理局"', 'supervisor="示\ufffd局"'),
                 ("pledge", "dossier"), ("evaluation-form", "roster"))):
            path = self.write()
            with open(path, encoding="utf-8") as f:
                text = f.read()
            self.assertIn(change[0], text)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace(*change, 1))
            line = next(i for i, row in enumerate(text.splitlines(), 1) if change[0] in row)
            for program in drawn + refused:
                with self.subTest(field=field, program=program):
                    out = os.path.join(self.dir, field + program + (".xlsx" if program == "roster" else ".pdf"))
                    done = shenbao(program, *(() if program == "roster" else ("-a", "A001")) if program != "delegation-letter" else (),
                                   "-o", out, path)
                    said = done.stderr.decode()
                    self.assertRegex(said, rf"batch\.xml:{line}: warning: \[R78\].* {field}: ")
                    self.assertEqual((done.returncode, os.path.exists(out)), (0, True) if program in drawn else (1, False), said)
                    if program in refused:
                        self.assertRegex(said, r"batch\.xml:\d+: error: \[R78\] A001 陈𬱖 \S.*: ")
                    self.assertEqual(unprintable(said), [])

    def test_reports_show_an_unknown_code_by_its_number(self):
        path = self.write("陈\ue000")
        for form in ("html", "json"):
            said = shenbao("check", "--format", form, path).stdout.decode()
            self.assertEqual(unprintable(said), [])
            self.assertIn("陈\\uE000" if form == "html" else "陈\\ue000", said)

    def test_check_names_other_fields_radicals(self):
        done = shenbao("check", "-a", "A001", self.write(statement="\u2f00心，\uf92c君"))
        self.assertRegex(done.stdout.decode(), r"A001 陈𬱖 所填文字: .*“\u2f00”U\+2F00→“一”U\+4E00、“\uf92c”U\+F92C→“\u90ce”U\+90CE")

    def test_check_names_radicals_of_units_delegations_and_the_batch_once(self):
        path = self.write()
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for old, new in (('name="示例市远岭爆破', 'name="示例市\uf92c岭爆破'), ('place="公司公告栏"', 'place="公司公告\u2f4a"'),
                         ('issuer="示例市', 'issuer="⽰例市'), ("<plan>矿山工程", "<plan>矿⼭工程"),
                         ('office="浙江省爆破行业协会"', 'office="浙江省爆破\u2ea0业协会"')):
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        said = shenbao("check", path).stdout.decode()
        for shown in ("“\uf92c”U+F92C→“郎”", "“\u2f4a”U+2F4A→“木”", "“⽰”U+2F70→“示”", "“⼭”U+2F2D→“山”", "“\u2ea0”U+2EA0→“民”"):
            self.assertEqual(len(re.findall(rf"warning: \[R78\] .*{re.escape(shown)}", said)), 1, shown)

    def test_unified_ideographs_of_the_compatibility_block_are_none(self):
        own = "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"
        self.assertEqual(len(own), 12)
        said = shenbao("check", "-a", "A001", self.write(name="陈" + own[0], statement=own)).stdout.decode()
        self.assertNotIn("R78", said)
        others = [chr(c) for c in range(0xFA0E, 0xFA2A) if chr(c) not in own]
        said = shenbao("check", "-a", "A001", self.write(statement="".join(others))).stdout.decode()
        for c in others:
            self.assertIn(f"U+{ord(c):04X}→“{unicodedata.normalize('NFC', c)}”", said)

    def test_every_character_of_the_table_is_drawn_by_every_role(self):
        codes = "".join(chr(int(word.split("=")[1], 16))
                        for family in ET.parse(CHARACTERS).getroot() for word in family.text.split())
        self.assertGreater(len(set(codes)), 100)
        done = shenbao("fonts", "-q", "--cover", codes)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


class LineEnds(Written):
    """U+0085, U+2028 and U+2029 end a line on paper and are not seen where one types: the papers say so, and check as they do."""

    def test_a_shape_that_no_font_has_is_told(self):
        self.write(name="陈一\U000e0155", statement="丙" * 30 + "二\U000e0155，1\ufe0f\u20e3，葛\U000e0101")
        for program, args in (("statement", ("-o", os.path.join(self.dir, "s.pdf"))), ("check", ())):
            said = self.said(program, "--lang", "zh", *args)
            for label, codes in ((" 姓名", "U+4E00 U+E0155，"), (" 个人述职", "U+4E8C U+E0155（在“丙丙丙丙丙二”之后），")):
                told = [line for line in said if f"{label}：含异体字选择符{codes}所有字体都没有这种写法" in line]
                self.assertEqual(len(told), 1, (program, label, said))
            self.assertEqual(len(said), 2, said)

    def said(self, program, *args):
        done = shenbao(program, "-a", "A001", *args, os.path.join(self.dir, "batch.xml"))
        self.assertIn(done.returncode, (0, 1))
        return [line for line in (done.stdout + done.stderr).decode().splitlines() if "[R78]" in line]

    def test_odd_line_ends_are_told_of_every_field(self):
        for code in "\u0085\u2028\u2029":
            shown = f"U+{ord(code):04X}"
            path = self.write(name=f"陈{code}丙", statement=f"一{code}二")
            with open(path, encoding="utf-8") as f:
                text = f.read()
            self.assertIn('name="示例港区三期', text)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace('name="示例港区三期', f'name="示例\u200b{code}港区三期', 1))
            form = self.said("evaluation-form", "--lang", "zh", "-o", os.path.join(self.dir, "form.pdf"))
            for label in ("姓名", "项目名称", "个人述职"):
                told = [line for line in form if label in line and f"warning: [R78] A001 陈\\u{ord(code):04X}丙" in line and f"含看不见的换行符{shown}" in line]
                self.assertEqual(len(told), 1, (label, shown, form))
            self.assertEqual(len([line for line in form if "项目名称" in line and "含看不见的字符U+200B，印不出来" in line]), 1, form)
            checked = self.said("check", "--lang", "zh")
            for label in ("项目名称", "个人述职"):
                self.assertEqual(len([line for line in checked if label in line and f"换行符{shown}" in line and "印出来在这里换行" in line]), 1, (label, checked))
            self.assertEqual(len([line for line in checked if " 姓名" in line and shown in line and "error" in line]), 1, checked)
            pledge = self.said("pledge", "-o", os.path.join(self.dir, "pledge.pdf"))
            self.assertTrue(pledge and all(f"the invisible {shown}, which end the line on paper" in line for line in pledge), pledge)


class Words(Written):
    def test_a_latin_word_has_one_face(self):
        pdf, _ = self.statement(LATIN)
        found = glyphs(pdf)
        text = "".join(c for c, _ in found)
        for word in re.findall(r"[^\W\d_]+", LATIN):
            at = text.index(word)
            self.assertEqual(len({font for _, font in found[at:at + len(word)]}), 1, word)
        faces = {font for c, font in found if c in "éèáóüçïã"}
        self.assertEqual(faces, {font for c, font in found if c in "Uvrstm"})

    def test_decomposed_letters_are_copied_as_they_were_written(self):
        text = unicodedata.normalize("NFD", DECOMPOSED)
        self.assertNotEqual(text, DECOMPOSED)
        pdf, said = self.statement(text)
        self.assertEqual(said, "")
        for command in (["pdftotext", "-raw", pdf, "-"], ["mutool", "draw", "-q", "-F", "txt", pdf]):
            done = subprocess.run(command, capture_output=True, check=True)
            self.assertIn(folded(text), folded(done.stdout.decode()), command[0])

    def test_korean_that_is_taken_apart_is_drawn_in_syllables(self):
        text, drawn = "“정약용”문 한국어 각 가\u1112", []
        for form in ("NFC", "NFD"):
            pdf, said = self.statement(unicodedata.normalize(form, text))
            self.assertEqual(said, "")
            done = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)
            self.assertIn(folded(unicodedata.normalize(form, text)), folded(done.stdout.decode()))
            drawn.append(subprocess.run(["pdftoppm", "-r", "72", "-gray", "-singlefile", pdf], capture_output=True, check=True).stdout)
        self.assertEqual(*drawn)

    def test_a_mark_that_no_face_has_beside_its_letter_is_named(self):
        done = shenbao("statement", "-a", "A001", "-o", os.path.join(self.dir, "s.pdf"), self.write(statement="x\u1dcf"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"batch\.xml:\d+: error: \[R77\] A001 .*U\+1DCF")

    def test_letters_that_would_need_shaping_are_refused_as_such(self):
        done = shenbao("statement", "-a", "A001", "--lang", "zh", "-o", os.path.join(self.dir, "s.pdf"), self.write(statement="مرحبا，\U0003fffd"))
        self.assertEqual(done.returncode, 1)
        said = done.stderr.decode()
        self.assertRegex(said, r"\[R77\] .*U\+0645.*U\+0627.*从右往左写、前后连写或上下叠写的文字，这里排不出来")
        self.assertRegex(said, r"\[R77\] .*U\+3FFFD.*没有字形，已试字体")
        self.assertEqual(said.count("[R77]"), 2)

    def test_letters_that_stack_are_refused_although_a_font_has_them(self):
        for word in ("วิศวกรรม", "བོད", "अभियंता"):  # HanaMinA has the first one's letters
            done = shenbao("statement", "-a", "A001", "--lang", "zh", "-o", os.path.join(self.dir, "s.pdf"), self.write(statement=word))
            self.assertEqual(done.returncode, 1, word)
            self.assertRegex(done.stderr.decode(), rf"\[R77\] .*U\+{ord(word[0]):04X}.*上下叠写的文字，这里排不出来")
        for word in ("ᥖᥭᥰ", "ᦷᦎᦑ"):  # the letters of the Dai stand side by side: a font is all that is missing
            done = shenbao("statement", "-a", "A001", "--lang", "zh", "-o", os.path.join(self.dir, "s.pdf"), self.write(statement=word))
            self.assertRegex(done.stderr.decode(), rf"\[R77\] .*U\+{ord(word[0]):04X}.*没有字形，已试字体")

    def test_thousands_of_letters_that_no_face_has_are_named_once_each_and_soon(self):
        letters = [chr(c) for c in range(0x17000, 0x187F8)]  # Tangut; some stand in fonts for rare characters
        path = self.write(statement="".join(letters + letters[:9]))
        done = shenbao("statement", "-a", "A001", "-o", os.path.join(self.dir, "s.pdf"), path)
        self.assertEqual(done.returncode, 1)
        told = re.findall(r"\(U\+([0-9A-F]+), ", done.stderr.decode())
        self.assertGreater(len(told), 5000)
        self.assertEqual(len(told), len(set(told)))
        self.assertEqual(told, sorted(told))

    def test_rare_characters_are_drawn_alike_by_two_renderers(self):
        pdf, _ = self.statement(RARE + LATIN + unicodedata.normalize("NFD", DECOMPOSED))
        pictures = []
        for command in (["pdftoppm", "-r", "72", "-gray", "-singlefile", pdf, os.path.join(self.dir, "a")],
                        ["mutool", "draw", "-q", "-r", "72", "-c", "gray", "-F", "pgm", "-o", os.path.join(self.dir, "b.pgm"),
                         pdf, "1"]):
            subprocess.run(command, capture_output=True, check=True)
        for name in ("a.pgm", "b.pgm"):
            with open(os.path.join(self.dir, name), "rb") as f:
                data = f.read()
            head = re.match(rb"P5\s(?:#[^\n]*\n)?(\d+)\s(\d+)\s255\s", data)
            width, height = int(head[1]), int(head[2])
            rows = [data[head.end() + y * width:head.end() + (y + 1) * width] for y in range(height)]
            # the ink of each square of 12 points
            pictures.append([sum(255 - v for row in rows[y:y + 12] for v in row[x:x + 12])
                             for y in range(0, 840 - 12, 12) for x in range(0, 595 - 12, 12)])
        inked = [(a, b) for a, b in zip(*pictures) if a > 1000 or b > 1000]
        self.assertGreater(len(inked), 100)
        self.assertLess(sum(abs(a - b) for a, b in inked) / sum(a for a, _ in inked), 0.15)


if __name__ == "__main__":
    unittest.main()
