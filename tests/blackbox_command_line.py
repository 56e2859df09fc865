"""What the programs say of themselves and of a wrong command line: in Chinese to a clerk, in English to the rest."""
import os
import re
import subprocess
import unittest

from blackbox_evaluation_form import PROGRAM
from terminal import open_terminal

CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
HAN = re.compile("[\u4e00-\u9fff]")


def run(*args, **env):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, env={"PATH": os.environ["PATH"], **env})


def programs():
    return re.findall(r"^  ([a-z-]+) ", run("-h").stdout, re.M)


class CommandLine(unittest.TestCase):
    def test_help_in_both_languages_has_the_same_options(self):
        self.assertEqual(len(programs()), 23)
        for name in programs():
            with self.subTest(program=name):
                english, chinese = run(name, "-h"), run(name, "-h", **CHINESE)
                self.assertEqual((english.returncode, chinese.returncode), (0, 0))
                self.assertEqual(english.stderr + chinese.stderr, "")
                options = re.compile(r"^ +(--?[A-Za-z][a-z0-9-]*(?:[ ,][^ ]+)?)", re.M)
                self.assertEqual(options.findall(english.stdout), options.findall(chinese.stdout))
                for line in chinese.stdout.splitlines():
                    if line:
                        self.assertRegex(line, HAN)
                self.assertEqual(run(name, "-h", "--lang", "zh").stdout, chinese.stdout)
                self.assertEqual(run(name, "--lang", "en", "-h", **CHINESE).stdout, english.stdout)
        self.assertEqual(re.findall(r"^  ([a-z-]+) ", run("-h", **CHINESE).stdout, re.M), programs())

    def test_a_wrong_command_line_is_told_in_a_line(self):
        for args, en, zh in (
                (("check", "--bogus", "x"), "there is no option --bogus", "没有选项 --bogus"),
                (("check", "-qyj2", "x"), "there is no option -y", "没有选项 -y"),
                (("check", "-o"), "option -o needs an argument", "选项 -o 后面缺少内容"),
                (("check", "--asof"), "option --asof needs an argument", "选项 --asof 后面缺少内容"),
                (("check", "-j", "0", "x"), "-j takes a number from 1 to 256, not '0'", "-j 应为 1 至 256 的数，不是“0”"),
                (("check", "--lang", "fr", "x"), "--lang takes zh or en, not 'fr'", "--lang 应为 zh 或 en，不是“fr”"),
                (("check", "--format", "tex", "x"), "--format takes one of text|json|html|xlsx, not 'tex'", "--format 应为 text|json|html|xlsx 之一，不是“tex”"),
                (("roster", "--sort", "", "x"), "--sort takes one of given|unit|pinyin|strokes, not ''", "--sort 应为 given|unit|pinyin|strokes 之一，不是“”"),
                (("package", "--stage=later", "x"), "--stage takes one of prepare|submit, not 'later'", "--stage 应为 prepare|submit 之一，不是“later”"),
                (("roster", "--prnit", "x"), "there is no option --prnit; perhaps --print", "没有选项 --prnit；是不是 --print"),
                (("fonts", "--none"), "there is no option --none", "没有选项 --none"),
                (("fonts", "--report", "x"), "there is no option --report", "没有选项 --report"),
                (("fonts", "x"), "fonts takes no input, not 'x'", "fonts 不读输入文件，不要“x”")):
            with self.subTest(args=args):
                for told, text, where in ((run(*args), en, f"shenbao {args[0]} -h tells how it is used"),
                                          (run(*args, **CHINESE), zh, f"用 shenbao {args[0]} -h 查看用法")):
                    self.assertEqual((told.returncode, told.stdout), (2, ""))
                    self.assertEqual(told.stderr, f"shenbao: error: {text}\n{where}\n")

    def test_a_program_that_does_not_exist(self):
        self.assertEqual(run("nope").returncode, 2)
        self.assertIn("error: no program 'nope'\nusage: ", run("nope").stderr)
        self.assertIn("error: 没有程序“nope”\n用法：", run("nope", **CHINESE).stderr)

    def test_without_an_input_a_terminal_is_not_waited_for(self):
        screen, terminal = open_terminal(self)
        self.addCleanup(os.close, screen)
        self.addCleanup(os.close, terminal)
        for name in programs():
            if name in ("desk", "fonts", "profiles", "schema", "workbook"):
                continue
            with self.subTest(program=name):
                done = subprocess.run([PROGRAM, name, "-o", "/nonexistent/"], stdin=terminal, capture_output=True, text=True, timeout=20)
                self.assertEqual(done.returncode, 2)
                self.assertIn("error: no input file was named\n", done.stderr)

    def test_help_on_a_full_disk_is_trouble(self):
        for args in (("-h",), ("check", "-h"), ("check", "-V")):
            with open("/dev/full", "wb") as full:
                self.assertEqual(subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE).returncode, 2, args)


if __name__ == "__main__":
    unittest.main()
