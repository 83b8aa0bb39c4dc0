"""The `openstack` command many times: starting Python and loading everything costs far more than what a command does.

Reads one JSON object a line, `{"command": "user list -f json", "env": {...}}`, and answers each with one of
`{"code": 0, "stdout": "...", "stderr": "..."}`. What runs is the command's own entry point, each time in a fork of this
process, because it keeps its clients where the next command would find them.
"""

import contextlib
import io
import json
import logging
import os
import shlex
import sys
import tempfile

from keystoneclient.v3 import client  # noqa: F401 loaded late by the command
from openstackclient import shell


def run(command, env):
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.dup2(stdout.fileno(), 1)
                os.dup2(stderr.fileno(), 2)
                os.environ.clear()
                os.environ.update(env)
                code = call(command)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return {'code': os.waitstatus_to_exitcode(status), 'stdout': text(stdout), 'stderr': text(stderr)}


def call(command):
    """The exit code, as sys.exit makes one of what the command returns."""
    try:
        code = shell.main(shlex.split(command))
    except SystemExit as error:
        code = error.code
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code or 0


def text(file):
    file.seek(0)
    return file.read().decode()


# One command that asks no server has all plugins loaded; what it says and where it would log is of no use to the others.
with contextlib.redirect_stdout(io.StringIO()):
    shell.main(['configuration', 'show'])
logging.getLogger().handlers.clear()

for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
