"""The program fonts from outside."""
import os
import subprocess
import sys
import tempfile
import unicodedata
import unittest

from blackbox_evaluation_form import BUILD, PROGRAM, ROOT, shenbao
from hostile_fonts import files

ROLES = ["song", "fangsong", "kai", "hei", "biaosong"]


def overlay(folder, song):
    """A directory for -F: the small fonts of the tests, all roles drawn by sound.ttf but song."""
    for name, data in files().items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    with open(os.path.join(folder, "fonts.xml"), "w", encoding="utf-8") as f:
        f.write("<fonts>")
        for role in ROLES:
            f.write(f'<role name="{role}">{song if role == "song" else "<face file=" + repr("sound.ttf") + "/>"}</role>')
        f.write("</fonts>")


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Fonts(unittest.TestCase):
    def test_all_roles_are_listed_with_their_files(self):
        done = shenbao("fonts", cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, b"")
        text = done.stdout.decode()
        for role in ("song 宋: NotoSerifCJK", "fangsong 仿宋: FandolFang", "kai 楷: LXGWWenKai",
                     "hei 黑: NotoSansCJK", "biaosong 小标宋: NotoSerifCJK"):
            self.assertIn(role, text)
        self.assertRegex(text, r"  used     /\S+/NotoSerifCJK-Regular.ttc\n")
        self.assertRegex(text, r"  next     /\S+/BabelStoneHan.ttf +rare characters\n")
        self.assertRegex(text, r"  own      FangSong_GB2312.ttf, .*simfang.ttf.* \(put it into /.*/fonts\)\n")

    def test_the_list_is_aligned_in_both_languages(self):
        for lang, notes in (("en", ["stands in", "rare characters", "fonts-"]), ("zh", ["代替", "生僻字", "fonts-"])):
            text = shenbao("fonts", "--lang", lang).stdout.decode().replace(ROOT, ROOT.replace(" ", "_"))
            self.assertNotIn("\t", text)
            starts, role = {}, ""
            for line in text.splitlines():
                if not line.startswith("  "):
                    role = line
                    continue
                kind = line[2:].split()[0]
                self.assertEqual(columns(line[:line.index(line[2:].split()[1])]), 11, line)
                note = line[2:].split(None, 2)[2:]
                if kind not in ("own", "自备") and note:
                    starts.setdefault(role, set()).add(columns(line) - columns(note[0]))
            self.assertEqual(len(starts), 5)
            for role, at in starts.items():
                self.assertEqual(len(at), 1, role)
            for note in notes:
                self.assertIn(note, text)

    def test_chinese(self):
        text = shenbao("fonts", "--lang", "zh").stdout.decode()
        self.assertIn("小标宋 biaosong：NotoSerifCJKsc-Black\n", text)
        self.assertRegex(text, r"  在用     /\S+/NotoSerifCJK-Regular.ttc\n")
        self.assertRegex(text, r"  自备     simsun.ttc、.*（放进 /.*/fonts）\n")
        self.assertIn("  fangsong  仿宋    无字形\n", shenbao("fonts", "--lang", "zh", "--cover", "\U0003fffd").stdout.decode())

    def test_the_link_is_the_same_program(self):
        link = subprocess.run([PROGRAM + "-fonts", "--cover", "𬱖"], capture_output=True, env={"LC_ALL": "C"})
        self.assertEqual(link.returncode, 0)
        self.assertEqual(link.stdout, shenbao("fonts", "--cover", "𬱖").stdout)
        self.assertIn(b"U+2CC56", link.stdout)

    def test_a_character_nobody_draws(self):
        done = shenbao("fonts", "--cover", "一\U0003fffd")
        self.assertEqual(done.returncode, 1)
        self.assertIn("U+3FFFD unknown\n  song      宋      no face\n", done.stdout.decode())
        done = shenbao("fonts", "-q", "--cover", "一\U0003fffd")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        done = shenbao("fonts", "--cover", b"\xff")
        self.assertEqual((done.returncode, done.stdout), (1, b"byte 0xFF is not UTF-8\n"))
        self.assertTrue(shenbao("fonts", "--cover", "\x1b").stdout.startswith(b" U+001B C0 Controls\n"))

    def test_a_sequence_is_one_character(self):
        with tempfile.TemporaryDirectory() as folder:
            overlay(folder, '<face file="plain.ttf"/><face file="variant.ttf"/>')
            text = shenbao("fonts", "-F", folder, "--cover", "葛\U000e0101").stdout.decode()
        self.assertIn(" U+845B U+E0101 CJK Unified Ideographs\n  song      宋      Variant\n", text)

    def test_files_that_cannot_be_used_say_why(self):
        with tempfile.TemporaryDirectory() as folder:
            overlay(folder, '<face file="truncated.ttf"/><face file="restricted.ttf"/><face file="sound.ttf"/>')
            done = shenbao("fonts", "-F", folder)
        self.assertEqual(done.returncode, 0)
        text = done.stdout.decode()
        self.assertRegex(text, r"  broken   \S+/truncated.ttf +the file breaks off: copy it again\n")
        self.assertRegex(text, r"  barred   \S+/restricted.ttf +its licence forbids .* 0x0002\n")
        self.assertRegex(text, r"  used     \S+/sound.ttf\n")
        self.assertRegex(done.stderr.decode(), r"(?m)^\S+/truncated.ttf: warning: .* breaks off")
        self.assertRegex(done.stderr.decode(), r"(?m)^\S+/restricted.ttf: warning: .* licence forbids")

    def test_own_files_come_first_whatever_the_case_of_their_letters(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "SimSun.ttc"), "wb") as f:
                f.write(files()["sound.ttf"])
            done = shenbao("fonts", "-F", folder)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertRegex(done.stdout.decode(), r"^song 宋: Sound\n  used     \S+/SimSun.ttc\n"
                                               r"  next     \S+/NotoSerifCJK-Regular.ttc\n")

    def test_a_face_that_is_there_twice_is_listed_once(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "texlive"))
            overlay(folder, '<face file="sound.ttf"/><face file="texlive/again.ttf" package="texlive-lang-chinese"/><face file="plain.ttf"/>')
            with open(os.path.join(folder, "texlive", "again.ttf"), "wb") as f:
                f.write(files()["sound.ttf"])
            text = shenbao("fonts", "-F", folder).stdout.decode()
        self.assertNotIn("again.ttf", text)
        self.assertRegex(text, r"song 宋: Sound\n  used     \S+/sound.ttf\n  next     \S+/plain.ttf\n")

    def test_a_standin_warns(self):
        with tempfile.TemporaryDirectory() as folder:
            overlay(folder, '<face file="/no/a.ttf" package="fonts-a"/><face file="sound.ttf" standin="true"/>')
            done = shenbao("fonts", "-F", folder, "--lang", "zh")
            quiet = shenbao("fonts", "-q", "-F", folder, "--lang", "zh")
        self.assertEqual(done.returncode, 0)
        self.assertEqual((quiet.returncode, quiet.stdout, quiet.stderr), (0, b"", b""))
        self.assertRegex(done.stderr.decode(), r"^warning: 没有宋体（song）的字体文件，以 Sound（\S+/sound.ttf）代替；"
                                               r"请安装 fonts-a（/no/a.ttf）\n$")

    def test_a_role_without_files_names_the_package(self):
        with tempfile.TemporaryDirectory() as folder:
            overlay(folder, '\n<face file="/nowhere.ttf" package="fonts-example"/>')
            for more in ([], ["--cover", "一"]):
                done = shenbao("fonts", "-F", folder, *more)
                self.assertEqual(done.returncode, 2)
                self.assertIn(b"install fonts-example (/nowhere.ttf)", done.stderr)
                self.assertIn(b"fonts.xml:1: error:", done.stderr)

    def test_a_missing_overlay(self):
        done = shenbao("fonts", "-F", "/nowhere")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, b"/nowhere: error: there is no such directory of fonts\n")

    def test_usage(self):
        self.assertEqual(shenbao("fonts", "--none").returncode, 2)
        self.assertEqual(shenbao("fonts", "--lang", "fr").returncode, 2)
        self.assertIn(b"takes no input", shenbao("fonts", "batch.xml").stderr)
        self.assertEqual(shenbao("fonts", "batch.xml").returncode, 2)
        done = shenbao("fonts", "-h")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        for option in (b"--cover", b"-F", b"--lang", b"-q"):
            self.assertIn(option, done.stdout)
        self.assertEqual(shenbao("fonts", "-V").stdout, shenbao("-V").stdout)
        self.assertEqual(shenbao("nothing").returncode, 2)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "fonts"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)

    def test_files_are_mapped_not_read(self):
        """All roles' fonts are 250 MB; opening them costs little of that, and little time."""
        if "san" in os.path.basename(BUILD):
            self.skipTest("the sanitizers' own time and memory")
        best = None
        # by a process in between: a child begins with what its parent has grown to, and this one has run other tests
        measure = ("import os, subprocess, sys; c = subprocess.Popen(sys.argv[1:]); _, s, u = os.wait4(c.pid, 0); "
                   "print(s, u.ru_utime + u.ru_stime, u.ru_maxrss)")
        for _ in range(3):
            done = subprocess.run([sys.executable, "-c", measure, PROGRAM, "fonts", "-q"], capture_output=True, text=True, check=True)
            status, cpu, peak = (float(v) for v in done.stdout.split())
            self.assertEqual(status, 0)
            best = cpu if best is None else min(best, cpu)
        self.assertLess(peak, 60000)  # KB
        self.assertLess(best, 0.080)
