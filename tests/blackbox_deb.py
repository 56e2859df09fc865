"""make deb and the man pages: what the package says, that it runs unpacked, and (make check-long) in a clean Debian."""
import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, BUILD, PROGRAM, ROOT

LONG = bool(os.environ.get("SHENBAO_LONG"))


class Deb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        with open(PROGRAM, "rb") as f:
            cls.sanitized = b"__asan_init" in f.read()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def make_deb(self):
        done = subprocess.run(["make", "-s", "-C", ROOT, "deb", f"BUILD={BUILD}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        path = done.stdout.split()[-1]
        self.assertTrue(path.endswith(".deb"), done.stdout)
        return path

    def test_the_package_is_complete_and_the_same_each_time(self):
        if self.sanitized:
            self.skipTest("a sanitized program is no package")
        deb = self.make_deb()
        with open(deb, "rb") as f:
            first = f.read()
        with open(self.make_deb(), "rb") as f:
            self.assertEqual(f.read(), first)
        control = subprocess.run(["dpkg-deb", "-f", deb], capture_output=True, text=True, check=True).stdout
        depends = re.search(r"^Depends: (.*)$", control, re.M)[1]
        for needed in ("libc6 (", "libqpdf", "libhpdf", "libxlsxwriter", "libxml2", "fonts-noto-cjk"):
            self.assertIn(needed, depends)
        root = os.path.join(self.dir, "root")
        subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
        out = os.path.join(self.dir, "out")
        done = subprocess.run([os.path.join(root, "usr/bin/shenbao-package"), "-q", BATCH, "-o", out], capture_output=True, text=True, cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(os.path.join(out, "report.html")))
        for path in glob.glob(os.path.join(ROOT, "templates", "**"), recursive=True):
            self.assertTrue(os.path.exists(os.path.join(root, "usr/share/shenbao", os.path.relpath(path, ROOT))), path)
        for name in ("cluster/slurm-array.sh", "nightly/shenbao-nightly.service"):
            self.assertTrue(os.path.exists(os.path.join(root, "usr/share/doc/shenbao/examples", name)), name)

    def test_in_a_clean_debian(self):
        if not LONG:
            self.skipTest("brings a whole Debian: make check-long")
        if self.sanitized:
            self.skipTest("a sanitized program is no package")
        if os.geteuid() != 0:
            self.skipTest("needs root")
        if not (tool := shutil.which("debootstrap") or shutil.which("/usr/sbin/debootstrap")):
            self.skipTest("needs debootstrap")
        root = os.path.join(self.dir, "chroot")
        done = subprocess.run([tool, "--variant=minbase", "bookworm", root], capture_output=True, text=True)
        if done.returncode:
            self.skipTest("debootstrap failed: " + (done.stdout + done.stderr)[-300:])
        shutil.copy(self.make_deb(), os.path.join(root, "tmp", "shenbao.deb"))
        shutil.copy("/etc/resolv.conf", os.path.join(root, "etc"))
        for conf in glob.glob("/etc/apt/apt.conf.d/*proxy*"):
            shutil.copy(conf, os.path.join(root, "etc/apt/apt.conf.d"))
        shutil.copytree(os.path.join(ROOT, "samples"), os.path.join(root, "tmp", "samples"))
        subprocess.run(["mount", "-t", "proc", "proc", os.path.join(root, "proc")], check=True)
        try:
            script = ("set -e; export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8; apt-get update -q;"
                      "apt-get install -y -q --no-install-recommends /tmp/shenbao.deb;"
                      "cd /tmp; shenbao -V; shenbao fonts -q;"
                      "shenbao check -q samples/batch.xml; shenbao package samples/batch.xml -o out;"
                      "shenbao package --verify out; shenbao package samples/batch.xml -o out --dry-run > again; test ! -s again;"
                      "test -s out/print/print.sh; zcat /usr/share/man/man1/shenbao-package.1.gz | grep -q 'dry'; dpkg -V shenbao;"
                      "apt-get remove -y -q shenbao; test ! -e /usr/bin/shenbao-package; echo finished")
            done = subprocess.run(["chroot", root, "sh", "-c", script], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-3000:])
            self.assertTrue(done.stdout.rstrip().endswith("finished"))
        finally:
            subprocess.run(["umount", "-l", os.path.join(root, "proc")], check=True)

    def test_every_program_and_every_option_has_its_page(self):
        target = os.path.join(self.dir, "man")
        subprocess.run(["python3", os.path.join(ROOT, "generators/man/make.py"), PROGRAM, target], check=True)
        help_text = subprocess.run([PROGRAM, "-h"], capture_output=True, text=True, check=True).stdout
        names = re.findall(r"^  ([a-z-]+) ", help_text, re.M)
        self.assertGreater(len(names), 10)
        for name in names:
            with gzip.open(os.path.join(target, "man1", f"shenbao-{name}.1.gz"), "rt", encoding="utf-8") as f:
                page = f.read().replace("\\-", "-")
            own = subprocess.run([PROGRAM, name, "-h"], capture_output=True, text=True, check=True).stdout
            for option in re.findall(r"(?<!\S)--[a-z][a-z0-9-]+", own):
                self.assertIn(option, page, name)
            self.assertIn(".SH SEE ALSO", page)
            with gzip.open(os.path.join(target, "zh_CN", "man1", f"shenbao-{name}.1.gz"), "rt", encoding="utf-8") as f:
                page = f.read().replace("\\-", "-")
            for option in re.findall(r"(?<!\S)--[a-z][a-z0-9-]+", own):
                self.assertIn(option, page, name)
            self.assertIn(".SH 参见", page)
        for section, name in ((5, "shenbao-templates"), (5, "shenbao-report"), (1, "shenbao")):
            self.assertTrue(os.path.exists(os.path.join(target, f"man{section}", f"{name}.{section}.gz")))
        version = subprocess.run([PROGRAM, "-V"], capture_output=True, text=True, check=True).stdout.strip()
        for page in glob.glob(os.path.join(target, "**", "*.gz"), recursive=True):
            with gzip.open(page, "rt", encoding="utf-8") as f:
                self.assertIn(f'"{version}"', f.read().splitlines()[1], page)
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l", page], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)


if __name__ == "__main__":
    unittest.main()
