"""Runs Radicale, a CalDAV server, on a port of this machine.

usage: radicale_server.py PORT FOLDER: the folder has the file `users` (name:password), and gets the calendars."""

import sys

from radicale.__main__ import run

port, folder = sys.argv[1:3]
sys.argv = [
    "radicale",
    f"--server-hosts=127.0.0.1:{port}",
    "--auth-type=htpasswd",
    f"--auth-htpasswd-filename={folder}/users",
    "--auth-htpasswd-encryption=plain",
    "--auth-delay=0",
    f"--storage-filesystem-folder={folder}/calendars",
]
run()
