"""samples/cluster and samples/nightly: the files run as they stand, with the schedulers replaced by something smaller."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from batches import SAMPLES, generate
from blackbox_evaluation_form import PROGRAM, ROOT

CLUSTER = os.path.join(ROOT, "samples", "cluster")
NIGHTLY = os.path.join(ROOT, "samples", "nightly")


class Examples(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.out = os.path.join(self.dir, "out")
        self.env = dict(os.environ, LC_ALL="C", SHENBAO=PROGRAM, PATH=self.dir + ":" + os.environ["PATH"])

    def tool(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)

    def verify(self):
        done = subprocess.run([PROGRAM, "package", "--verify", self.out], capture_output=True, text=True, env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_gnu_parallel(self):
        if not shutil.which("parallel"):
            self.skipTest("needs GNU parallel")
        batch = generate(self.dir, 16)
        done = subprocess.run(["sh", os.path.join(CLUSTER, "gnu-parallel.sh"), batch, self.out, "4"], capture_output=True,
                              text=True, env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        made, kept = re.search(r"(\d+) documents made \(\d+ pages\), (\d+) as they were", done.stderr).groups()
        self.assertEqual(int(made), 0)
        self.assertGreater(int(kept), 16 * 8)
        self.verify()

    def test_slurm_array(self):
        # What Slurm does with the three jobs, one task after the other.
        self.tool("sbatch", f"""
n=; for a; do case $a in --array=1-*) n=${{a#--array=1-}};; esac; last=$a; done
echo "$*" >> {self.dir}/submitted
if [ -n "$n" ]; then
  for k in $(seq $n); do
    SLURM_JOB_ID=7$k SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=$n sh -c "$last" || exit 1
  done
  echo '77;cluster'
else
  sh -c "$last"
fi
""")
        self.tool("sinfo", "echo 2; echo 1\n")
        batch = generate(self.dir, 8, together=3)
        done = subprocess.run(["sh", os.path.join(CLUSTER, "slurm-array.sh"), batch, self.out, "3"], capture_output=True,
                              text=True, env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        with open(os.path.join(self.dir, "submitted"), encoding="utf-8") as f:
            submitted = f.read()
        self.assertEqual(submitted.count("--dependency=afterany:77 "), 2)
        self.assertRegex(submitted, "--cpus-per-task=2 [^\n]*--job-name=shenbao-whole")
        self.assertIn("; 0 documents made (0 pages), ", done.stderr)  # all that is left are the reports
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")))
        self.verify()

    def test_parts_whose_applicants_are_at_fault_stop_nothing(self):
        """Statuses 1 and 3 of a part are for the run over the whole to report; 2 is the machine's."""
        self.tool("sbatch", f"""for a; do last=$a; done; SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=1 sh -c "$last"; echo $? >> {self.dir}/ends; echo 7
""")
        self.tool("sinfo", "echo 1\n")
        with open(os.path.join(CLUSTER, "kubernetes-job.yaml"), encoding="utf-8") as f:
            pod = next(c for c in re.findall(r"command: \[sh, -c, '(.*)'\]", f.read()) if "--shard" in c)
        for status in (0, 1, 2, 3):
            for name in ("shenbao", "stand-in"):
                self.tool(name, f'case "$*" in *--shard*) exit {status} ;; esac; echo "$*" >> {self.dir}/whole-{status}\n')
            env, end = dict(self.env, SHENBAO=os.path.join(self.dir, "stand-in")), 2 if status == 2 else 0
            with self.subTest(status):
                self.assertEqual(subprocess.run(["sh", "-c", pod], env=env, check=False).returncode, end)
                if shutil.which("parallel"):
                    done = subprocess.run(["sh", os.path.join(CLUSTER, "gnu-parallel.sh"), "b.xml", self.out, "2"], env=env,
                                          capture_output=True, check=False)
                    self.assertEqual(done.returncode, end, done.stderr)
                    self.assertEqual(os.path.exists(os.path.join(self.dir, f"whole-{status}")), status != 2)
                subprocess.run(["sh", os.path.join(CLUSTER, "slurm-array.sh"), os.path.join(SAMPLES, "batch.xml"), self.out, "1"], env=env,
                               capture_output=True, check=True)
                with open(os.path.join(self.dir, "ends"), encoding="utf-8") as f:
                    self.assertEqual(f.read().split()[-3:], [str(end), str(end), "0"])

    def test_a_node_without_fonts_is_left_to_others(self):
        self.tool("sbatch", 'for a; do last=$a; done; SLURM_ARRAY_JOB_ID=71 SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 SLURMD_NODENAME=n2 sh -c "$last"\n')
        self.tool("scontrol", f'echo "$*" >> {self.dir}/requeued\n[ $1 != show ] || echo "   ReqNodeList=(null) ExcNodeList=n1"\n')
        self.tool("no-fonts", f'[ "$1" = fonts ] || echo "$*" >> {self.dir}/ran; exit 2\n')
        env = dict(self.env, SHENBAO=os.path.join(self.dir, "no-fonts"))
        done = subprocess.run(["sh", os.path.join(CLUSTER, "slurm-array.sh"), "/x.xml", self.out, "3"], capture_output=True, text=True, env=env)
        self.assertEqual(done.returncode, 2)
        with open(os.path.join(self.dir, "requeued"), encoding="utf-8") as f:
            asked = f.read()
            self.assertEqual(asked, "show job 71_1\nrequeuehold 71_1\nupdate JobId=71_1 ExcNodeList=n1,n2\nrelease 71_1\n")
        self.assertFalse(os.path.exists(os.path.join(self.dir, "ran")))
        subprocess.run(["sh", os.path.join(CLUSTER, "slurm-array.sh"), "/x.xml", self.out, "3"], capture_output=True, env=dict(env, SLURM_RESTART_COUNT="3"))
        with open(os.path.join(self.dir, "requeued"), encoding="utf-8") as f:
            self.assertEqual(f.read(), asked)

    def test_kubernetes_commands(self):
        with open(os.path.join(CLUSTER, "kubernetes-job.yaml"), encoding="utf-8") as f:
            text = f.read()
        self.assertNotIn("\t", text)
        completions = int(re.search(r"completions: (\d+)", text)[1])
        self.assertEqual(int(re.search(r'SHENBAO_SHARDS, value: "(\d+)"', text)[1]), completions)
        commands = re.findall(r"command: \[sh, -c, '(.*)'\]", text)
        self.assertEqual(len(commands), 2)
        generate(self.dir, 8)
        os.rename(os.path.join(self.dir, "batch-8.xml"), os.path.join(self.dir, "batch.xml"))
        self.tool("shenbao", f'exec "{PROGRAM}" "$@"\n')
        jobs = [dict(self.env, JOB_COMPLETION_INDEX=str(k), SHENBAO_SHARDS=str(completions)) for k in range(completions)] + [self.env]
        for i, env in enumerate(jobs):
            command = commands[i == completions].replace("/data/", self.dir + "/")
            done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=env)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.verify()

    def test_kubernetes_knows_every_field(self):
        if not os.environ.get("SHENBAO_LONG"):
            self.skipTest("brings modules of npm: make check-long")
        if not shutil.which("npm"):
            self.skipTest("needs npm")
        shutil.copy(os.path.join(ROOT, "tests", "kubernetes.js"), self.dir)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "kubernetes-models@5", "js-yaml@4"], cwd=self.dir, capture_output=True,
                              text=True, timeout=600)
        if done.returncode:
            self.skipTest("npm brings no kubernetes-models: " + done.stderr[-300:])
        with open(os.path.join(CLUSTER, "kubernetes-job.yaml"), encoding="utf-8") as f:
            text = f.read()
        for old, new, said in (("", "", None), ("backoffLimit: 16", "backofLimit: 16", "unknown: /spec/backofLimit\n"),
                               ("completions: 8", 'completions: "8"', '"keyword":"type"'), ("readOnlyRootFilesystem", "readonlyRootFilesystem", "unknown: ")):
            with open(os.path.join(self.dir, "jobs.yaml"), "w", encoding="utf-8") as f:
                f.write(text.replace(old, new, 1))
            done = subprocess.run(["node", "kubernetes.js", "jobs.yaml"], cwd=self.dir, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (1 if said else 0, ""), done.stdout)
            self.assertEqual(done.stdout.count("Job shenbao-"), 2)
            self.assertIn(said or "", done.stdout)

    def test_as_a_pod_confines_it(self):
        """As user 1000 without any capability, all read-only but the volume, no home and no entry in passwd."""
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        data = os.path.join(self.dir, "data")
        os.mkdir(data)
        os.rename(generate(data, 3), os.path.join(data, "batch.xml"))
        for folder, _, _ in os.walk(data):
            os.chmod(folder, 0o755)
        os.chmod(self.dir, 0o755)
        os.chown(data, 1000, 1000)
        confine = ('mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,bind,ro / && '
                   'exec setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"')

        def run(*command, **env):
            return subprocess.run(["unshare", "-m", "sh", "-c", confine, data, *command], capture_output=True, text=True, cwd="/", timeout=300,
                                  env={"PATH": os.environ["PATH"], "HOME": "/", "TMPDIR": data, "LC_ALL": "C", **env})
        done = run("sh", "-c", f'! touch /kept 2>&1 && id -u && head -c 4 "{PROGRAM}" > /dev/null')
        if done.returncode:
            self.skipTest("cannot be confined here: " + done.stderr[-300:])
        for k in range(2):
            done = run(PROGRAM, "package", "-q", data + "/batch.xml", "-o", data + "/out", "--shard", "auto", JOB_COMPLETION_INDEX=str(k), SHENBAO_SHARDS="2")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = run(PROGRAM, "package", data + "/batch.xml", "-o", data + "/out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 applicants complete, 0 failed", done.stderr)
        self.out = data + "/out"
        self.verify()
        self.assertEqual({os.stat(os.path.join(self.out, n)).st_uid for n in os.listdir(self.out)}, {1000})

    def test_units_are_sound_and_hardened(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("needs systemd-analyze")
        units = os.path.join(self.dir, "units")
        shutil.copytree(NIGHTLY, units)
        service = os.path.join(units, "shenbao-nightly.service")
        with open(service, encoding="utf-8") as f:
            text = f.read().replace("ExecStart=shenbao", "ExecStart=true")
        for wanted in ("PrivateNetwork=yes", "ProtectSystem=strict", "MemoryMax=", "SuccessExitStatus=3", "CacheDirectory=shenbao"):
            self.assertIn(wanted, text)
        with open(service, "w", encoding="utf-8") as f:
            f.write(text)
        files = [os.path.join(units, n) for n in sorted(os.listdir(units)) if n.endswith((".service", ".timer"))]
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", service], capture_output=True, text=True)
        self.assertLess(float(re.search(r"exposure level for .*: ([\d.]+)", done.stdout)[1]), 2)

    def test_the_crontab_line_runs_and_speaks_only_of_trouble(self):
        with open(os.path.join(NIGHTLY, "crontab"), encoding="utf-8") as f:
            line = [x for x in f.read().splitlines() if x[:1].isdigit()][0].split(None, 5)[5]
        self.assertNotIn("%", line) # cron would cut it there
        self.tool("shenbao", f'exec "{PROGRAM}" "$@"\n')
        os.mkdir(os.path.join(self.dir, "in"))
        generate(os.path.join(self.dir, "in"), 2)
        env = dict(self.env, HOME=self.dir)
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=env)
        self.assertIn("exit 2", done.stdout) # there is no batch.xml
        os.rename(os.path.join(self.dir, "in", "batch-2.xml"), os.path.join(self.dir, "in", "batch.xml"))
        for faulty in (False, True):
            if faulty:
                shutil.rmtree(os.path.join(self.dir, "in", "photos"))
                os.remove(os.path.join(self.dir, "in", "batch.xml"))
                generate(os.path.join(self.dir, "in"), 2)
                os.rename(os.path.join(self.dir, "in", "batch-2.xml"), os.path.join(self.dir, "in", "batch.xml"))
                os.remove(os.path.join(self.dir, "in", "photos", "A001.jpg"))
            done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=env)
            self.assertEqual((done.stdout, done.stderr), ("", ""))
            self.verify()


if __name__ == "__main__":
    unittest.main()
