"""Tables that a script made are what the script makes, and say from what."""
import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = os.path.join(ROOT, "generators", "record")


class Tables(unittest.TestCase):
    def test_gb18030(self):
        done = subprocess.run([sys.executable, os.path.join(RECORD, "make-gb18030.py"), "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
