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
        done = subprocess.run(["make", "-s", "-C", ROOT, "deb", f"BUILD={os.path.relpath(BUILD, ROOT)}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        path = done.stdout.splitlines()[-1]
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

    def older(self, deb):
        """The same package under a lower number, with a file that is no more and without one that is new."""
        root = os.path.join(self.dir, "older")
        subprocess.run(["dpkg-deb", "-R", deb, root], check=True)
        path = os.path.join(root, "DEBIAN", "control")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"^Version: .*", "Version: 0.1", text, flags=re.M))
        os.remove(os.path.join(root, "DEBIAN", "md5sums"))
        data = os.path.join(root, "usr/share/shenbao/templates")
        os.remove(os.path.join(data, "base", "print.sh"))
        with open(os.path.join(data, "gone.xml"), "w", encoding="utf-8") as f:
            f.write("<old/>")
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root, os.path.join(self.dir, "older.deb")], check=True, capture_output=True)
        return os.path.join(self.dir, "older.deb")

    def bare_debian(self, root):
        """Debian 12 as debootstrap leaves it, with this machine's way to the packages."""
        if not (tool := shutil.which("debootstrap") or shutil.which("/usr/sbin/debootstrap")):
            self.skipTest("needs debootstrap")
        done = subprocess.run([tool, "--variant=minbase", "bookworm", root], capture_output=True, text=True)
        if done.returncode:
            self.skipTest("debootstrap failed: " + (done.stdout + done.stderr)[-300:])
        shutil.copy("/etc/resolv.conf", os.path.join(root, "etc"))
        for conf in glob.glob("/etc/apt/apt.conf.d/*proxy*"):
            shutil.copy(conf, os.path.join(root, "etc/apt/apt.conf.d"))
        mounts = [("proc", "proc", "proc"), ("dev", "--bind", "/dev")]
        for place, how, what in mounts:
            command = ["mount", "-t", "proc", what] if how == "proc" else ["mount", how, what]
            subprocess.run([*command, os.path.join(root, place)], check=True)
            self.addCleanup(subprocess.run, ["umount", "-l", os.path.join(root, place)], check=True)

    def need_a_debian(self):
        if not LONG:
            self.skipTest("brings a whole Debian: make check-long")
        if self.sanitized:
            self.skipTest("a sanitized program is no package")
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def run_there(self, root, script, *user):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "HOME": "/root"}
        done = subprocess.run(["chroot", *user, root, "sh", "-ec", script + "\necho finished"], capture_output=True, text=True, env=env,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-3000:])
        self.assertTrue(done.stdout.rstrip().endswith("finished"))
        return done.stdout

    def test_in_a_clean_debian(self):
        self.need_a_debian()
        deb = self.make_deb()
        older = self.older(deb)
        root = os.path.join(self.dir, "chroot")
        self.bare_debian(root)
        shutil.copy(deb, os.path.join(root, "tmp", "shenbao.deb"))
        shutil.copy(older, os.path.join(root, "tmp", "older.deb"))
        shutil.copytree(os.path.join(ROOT, "samples"), os.path.join(root, "tmp", "samples"))
        self.run_there(root, """
apt-get update -q
apt-get install -y -q --no-install-recommends /tmp/older.deb
test "$(dpkg-query -W -f '${Version}' shenbao)" = 0.1
test -e /usr/share/shenbao/templates/gone.xml
mkdir -p /etc/shenbao/templates; cp /usr/share/shenbao/templates/zhejiang-mining/pledge.xml /etc/shenbao/templates/
apt-get install -y -q --no-install-recommends /tmp/shenbao.deb
test "shenbao $(dpkg-query -W -f '${Version}' shenbao)" = "$(shenbao -V)"
test ! -e /usr/share/shenbao/templates/gone.xml
test -s /usr/share/shenbao/templates/base/print.sh
dpkg -V shenbao
cd /tmp; shenbao fonts -q
shenbao check -q samples/batch.xml; shenbao package samples/batch.xml -o out
shenbao package --verify out; shenbao package samples/batch.xml -o out --dry-run > again; test ! -s again
test -s out/print/print.sh; zcat /usr/share/man/man1/shenbao-package.1.gz | grep -q 'dry'
shenbao package -q /usr/share/doc/shenbao/examples/batch.xml -o examples; test -s examples/report.html
useradd -m clerk
su clerk -c 'cd; umask 077; mkdir "申报 工具"; cd "申报 工具"; shenbao package -q /usr/share/doc/shenbao/examples/batch.xml -o out; test -s out/report.html'
apt-get remove -y -q shenbao
test ! -e /usr/bin/shenbao-package; test ! -e /usr/share/shenbao; test -e /etc/shenbao/templates/pledge.xml
apt-get install -y -q --no-install-recommends /tmp/shenbao.deb; shenbao -V; apt-get purge -y -q shenbao; test ! -e /usr/bin/shenbao""")

    def test_two_commands_in_a_folder_with_a_blank(self):
        """make demo, as a new user would: as root, who gets the packages, and as somebody else, who goes on to make deb and make install."""
        self.need_a_debian()
        root = os.path.join(self.dir, "bare")
        self.bare_debian(root)
        for home in ("root", "home/clerk"):
            os.makedirs(os.path.join(root, home, "申报 工具"))
            archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], capture_output=True, check=True)
            subprocess.run(["tar", "-x", "-C", os.path.join(root, home, "申报 工具")], input=archive.stdout, check=True)
        self.run_there(root, """
apt-get update -q; apt-get install -y -q --no-install-recommends make
cd /root/"申报 工具"; make demo
test -s out/demo/report.html; build/bin/shenbao package --verify out/demo
useradd -d /home/clerk clerk; chown -R clerk: /home/clerk""")
        self.run_there(root, """
export HOME=/home/clerk; cd /home/clerk/"申报 工具"; make demo
test -s out/demo/report.html; build/bin/shenbao package --verify out/demo
make deb; test -s build/shenbao_*.deb; make -s install PREFIX="$HOME/申报 程序"
"$HOME/申报 程序/bin/shenbao" package -q samples/batch.xml -o out/installed; test -s out/installed/report.html""", "--userspec=clerk:clerk")

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
