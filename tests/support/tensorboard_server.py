"""A real TensorBoard on a log directory, asked over HTTP.

    with TensorBoard(logdir) as board:                  # default flags: the Rust data server reads
    with TensorBoard(logdir, "--load_fast=false") as board:                  # the Python loader reads
        board.json("scalars/scalars", run="a", tag="loss")
"""
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

START_TIMEOUT_S = 120
LOAD_TIMEOUT_S = 60


class TensorBoard:
    def __init__(self, logdir, *flags):
        self.log = tempfile.TemporaryFile(mode="w+")
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir), "--port", "0",
                   "--host", "127.0.0.1", "--reload_interval", "1", *flags]
        environment = dict(os.environ, PYTHONUNBUFFERED="1")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)
        try:
            self.url = self._wait_for_url()
        except BaseException:
            self.close()
            raise

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def _wait_for_url(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            found = re.search(r"at (http://[^ ]+?)/? \(Press", self.output())
            if found:
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise RuntimeError("TensorBoard did not start:\n" + self.output())

    def get(self, path, body=None, **query):
        """The bytes at /data/<path>; for a plugin, path is "<plugin>/<route>"."""
        prefix = "/data/plugin/" if "/" in path else "/data/"
        url = self.url + prefix + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as reply:
            return reply.read()

    def json(self, path, body=None, **query):
        return json.loads(self.get(path, body, **query))

    def wait_for(self, question, accept=bool):
        """Asks until the answer is accepted: data is loaded in the background."""
        deadline = time.monotonic() + LOAD_TIMEOUT_S
        while True:
            try:
                answer = question()
                if accept(answer):
                    return answer
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError) as error:
                answer = error
            if time.monotonic() > deadline:
                raise AssertionError(f"last answer: {answer!r}\n{self.output()}")
            time.sleep(0.3)

    def wait_for_run(self, run):
        self.wait_for(lambda: self.json("runs"), lambda runs: run in runs)

    def uses_data_server(self):
        """Whether the Rust data server reads the files (a child process of ours)."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            for child in children.read().split():
                with open(f"/proc/{child}/cmdline") as command:
                    if "tensorboard_data_server" in command.read():
                        return True
        return False

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
