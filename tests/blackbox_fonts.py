"""The program fonts from outside."""
import os
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import PROGRAM, shenbao


class Fonts(unittest.TestCase):
    def test_all_roles_are_listed_with_their_files(self):
        done = shenbao("fonts", cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = done.stdout.decode()
        for role in ("song 宋: NotoSerifCJK", "fangsong 仿宋: FandolFang", "kai 楷: LXGWWenKai", "hei 黑: NotoSansCJK",
                     "biaosong 小标宋: NotoSerifCJK"):
            self.assertIn(role, text)
        self.assertIn("simfang.ttf  <- put your own file into", text)

    def test_the_link_is_the_same_program(self):
        link = subprocess.run([PROGRAM + "-fonts", "--cover", "𬱖"], capture_output=True)
        self.assertEqual(link.returncode, 0)
        self.assertEqual(link.stdout, shenbao("fonts", "--cover", "𬱖").stdout)
        self.assertIn(b"U+2CC56", link.stdout)

    def test_a_character_nobody_draws(self):
        done = shenbao("fonts", "--cover", "一\U0003fffd")
        self.assertEqual(done.returncode, 1)
        self.assertIn("U+3FFFD unknown\n  song      no face", done.stdout.decode())

    def test_a_role_without_files_names_the_package(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "fonts.xml"), "w", encoding="utf-8") as f:
                f.write('<fonts><role name="song"><face file="/nowhere.ttf" package="fonts-example"/></role></fonts>')
            done = shenbao("fonts", "-F", folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"install fonts-example", done.stderr)

    def test_usage(self):
        self.assertEqual(shenbao("fonts", "--none").returncode, 2)
        self.assertEqual(shenbao("fonts", "-h").returncode, 0)
        self.assertEqual(shenbao("nothing").returncode, 2)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "fonts"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
