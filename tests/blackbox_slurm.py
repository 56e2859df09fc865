"""samples/cluster/slurm-array.sh on a real Slurm of the test's own: munged, slurmctld and two slurmd on loopback (make check-long)."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from batches import APPLICANT, generate
from blackbox_evaluation_form import PROGRAM, ROOT

LONG = bool(os.environ.get("SHENBAO_LONG"))
TOOLS = ["munged", "mungekey", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue"]
PEOPLE = 24

CONF = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={dir}/munge.sock
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool-%n
SlurmctldPidFile={dir}/slurmctld.pid
SlurmdPidFile={dir}/slurmd-%n.pid
SlurmctldPort={ports[0]}
SlurmctldLogFile={dir}/slurmctld.log
SlurmdLogFile={dir}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
MessageTimeout=100
BatchStartTimeout=100
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=4 RealMemory=16000 State=UNKNOWN
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Cluster:
    def __init__(self, folder):
        self.dir, self.daemons = folder, []
        os.mkdir(os.path.join(folder, "state"))
        path = os.path.join(folder, "slurm.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CONF.format(dir=folder, host=socket.gethostname(), ports=free_ports(3)))
        self.env = dict(os.environ, SLURM_CONF=path, LC_ALL="C")
        subprocess.run(["mungekey", "-c", "-k", os.path.join(folder, "key")], check=True, capture_output=True)
        self.begin("munged", "--foreground", "--force", "--num-threads=2", *(f"--{o}={folder}/{f}" for o, f in (
            ("key-file", "key"), ("socket", "munge.sock"), ("pid-file", "munge.pid"), ("log-file", "munge.log"), ("seed-file", "seed"))))
        self.wait(lambda: os.path.exists(os.path.join(folder, "munge.sock")), "munged does not run here")
        self.begin("slurmctld", "-D")
        for node in ("n1", "n2"):
            self.begin("slurmd", "-D", "-N", node)
        self.wait(lambda: self.run("sinfo", "-h", "-t", "idle", "-o", "%D").stdout.strip() == "2", "Slurm does not run here")

    def begin(self, *command):
        self.daemons.append(subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))

    def run(self, *command):
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=300)

    def wait(self, is_so, else_skip):
        deadline = time.monotonic() + 120
        while not is_so():
            if time.monotonic() > deadline or any(d.poll() is not None for d in self.daemons):
                self.end()
                raise unittest.SkipTest(else_skip)
            time.sleep(0.3)

    def end(self):
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in reversed(self.daemons):
            try:
                daemon.wait(30)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def jobs_end(self):
        """Those that are put off after a requeue begin at once."""
        while lines := self.run("squeue", "-h", "-r", "-o", "%F_%K %r").stdout.split("\n")[:-1]:
            for line in lines:
                if line.endswith(" BeginTime"):
                    self.run("scontrol", "update", "JobId=" + line.split()[0], "StartTime=now")
            time.sleep(0.5)


@unittest.skipUnless(LONG, "brings a Slurm: make check-long")
@unittest.skipUnless(os.geteuid() == 0, "needs root")
@unittest.skipUnless(all(shutil.which(t) for t in TOOLS), "needs slurmctld, slurmd, slurm-client and munge")
class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-slurm-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, True)
        cls.cluster = Cluster(cls.dir)
        cls.addClassCleanup(cls.cluster.end)
        cls.batch = generate(cls.dir, PEOPLE, together=PEOPLE // 4)
        cls.plain = os.path.join(cls.dir, "plain")
        subprocess.run([PROGRAM, "package", "-q", cls.batch, "-o", cls.plain], check=True, timeout=1200)

    def setUp(self):
        self.out = os.path.join(self.dir, self.id().rpartition(".")[2], "out")
        os.mkdir(os.path.dirname(self.out))

    def submit(self, shards, batch=None, **env):
        done = subprocess.run(["sh", os.path.join(ROOT, "samples", "cluster", "slurm-array.sh"), batch or self.batch, self.out, str(shards)],
                              env={**self.cluster.env, "SHENBAO": PROGRAM, **env}, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)

    def logs(self):
        found = {}
        folder = os.path.dirname(self.out)
        for name in os.listdir(folder):
            if name.endswith(".log"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    found[name] = f.read()
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0)  # they name people
        return found

    def assert_same_as(self, plain):
        done = subprocess.run(["diff", "-rq", plain, self.out], capture_output=True, text=True)
        self.assertEqual(done.stdout, "", self.logs())
        done = subprocess.run([PROGRAM, "package", "--verify", self.out], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_four_shards_and_eight_make_the_tree_of_a_plain_run(self):
        for shards in (4, 8):
            shutil.rmtree(self.out, True)
            self.submit(shards)
            self.cluster.jobs_end()
            self.assert_same_as(self.plain)
            whole = next(text for name, text in self.logs().items() if name.startswith("shenbao-whole"))
            self.assertIn(f"{PEOPLE} applicants complete, 0 failed; 0 documents made", whole)
            for name in os.listdir(os.path.dirname(self.out)):
                if name.endswith(".log"):
                    os.remove(os.path.join(os.path.dirname(self.out), name))

    def test_a_shard_whose_people_are_all_at_fault_does_not_hold_the_others_up(self):
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        faulty = re.sub(r'<photo href="[^"]*"', '<photo href="photos/none.jpg"', APPLICANT.findall(text)[0])
        batch = os.path.join(self.dir, "faulty.xml")
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace(APPLICANT.findall(text)[0], faulty, 1))
        self.submit(PEOPLE, batch)  # one of the shards has this person alone, or nobody
        self.cluster.jobs_end()
        with open(os.path.join(self.out, "report.json"), encoding="utf-8") as f:
            states = [a["status"] for a in json.load(f)["applicants"]]
        self.assertEqual((states.count("failed"), len(states)), (1, PEOPLE))
        done = subprocess.run([PROGRAM, "package", "-q", batch, "-o", self.out + "-plain"], capture_output=True, timeout=1200)
        self.assertEqual(done.returncode, 3)
        self.assert_same_as(self.out + "-plain")

    def test_a_node_without_fonts_is_left_to_the_other(self):
        path = os.path.join(self.dir, "shenbao")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nif [ "$SLURMD_NODENAME" = n1 ]; then [ "$1" != package ] || [ -z "$SLURM_ARRAY_TASK_ID" ] || echo "$*" >> {self.dir}/wrong; '
                    f'[ "$1" != fonts ] || exit 2; fi\nexec "{PROGRAM}" "$@"\n')
        os.chmod(path, 0o755)
        self.submit(4, SHENBAO=path)
        self.cluster.jobs_end()
        self.assert_same_as(self.plain)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "wrong")))

    def test_what_is_cancelled_and_requeued_is_made_up_for(self):
        self.submit(4)
        for what in (("scontrol", "requeue"), ("scancel",)):
            job = self.cluster.run("squeue", "-h", "-r", "-n", "shenbao", "-o", "%F_%K").stdout.split()
            if job:
                self.cluster.run(*what, job[0])
        self.cluster.jobs_end()
        self.assert_same_as(self.plain)

    def test_a_task_by_itself_needs_the_number_of_all(self):
        for env, status in (("", 2), ("SHENBAO_SHARDS=2 ", 2), ("SHENBAO_SHARDS=4 ", 0)):
            shutil.rmtree(self.out, True)
            log = os.path.join(os.path.dirname(self.out), "alone")
            done = self.cluster.run("sbatch", "--wait", "--array=3", "--output", log, "--wrap",
                                    f"{env}{PROGRAM} package -q {self.batch} -o {self.out} --shard auto")
            with open(log, encoding="utf-8") as f:
                self.assertEqual(done.returncode, status, f.read())


if __name__ == "__main__":
    unittest.main()
