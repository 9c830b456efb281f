"""Serves a package index with one package, `canary-lib`. The index can require a user name and a password.

usage: private_index.py FOLDER [tls]

Prints the port and the SHA-256 of the wheel. The environment variables USER_NAME and PASSWORD set the credentials. If
PASSWORD is not set, the index requires none. With `tls`, the certificate of the server's authority is written to
FOLDER/ca.pem.
"""

import base64
import hashlib
import io
import os
import ssl
import subprocess
import sys
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WHEEL = "canary_lib-1.0-py3-none-any.whl"


def wheel():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        about = "canary_lib-1.0.dist-info/"
        archive.writestr("canary_lib.py", "sings = True\n")
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: canary-lib\nVersion: 1.0\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", "")
    return memory.getvalue()


PAGES = {
    "/simple/canary-lib/": ("text/html", f'<!DOCTYPE html><a href="/{WHEEL}">{WHEEL}</a>'.encode()),
    f"/{WHEEL}": ("application/zip", wheel()),
}
USER, PASSWORD = os.environ.get("USER_NAME"), os.environ.get("PASSWORD")
ADMITTED = PASSWORD and "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Index(BaseHTTPRequestHandler):
    def do_GET(self):
        if ADMITTED and self.headers.get("Authorization") != ADMITTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            kind, body = "text/plain", b"credentials required"
        elif self.path in PAGES:
            self.send_response(200)
            kind, body = PAGES[self.path]
        else:
            self.send_response(404)
            kind, body = "text/plain", b"not found"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *_):
        pass


def context(folder):
    """Creates an authority and its certificate for 127.0.0.1. Returns the TLS context of the server."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    with open(os.path.join(folder, "extensions"), "w") as file:
        file.write("subjectAltName = IP:127.0.0.1\n")
    new = ["-newkey", "rsa:2048", "-nodes"]
    authority = ["-addext", "keyUsage=critical,keyCertSign"]
    openssl("req", "-x509", *new, *authority, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Corp Root", "-days", "30")
    openssl("req", *new, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=index")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions", "-days", "30"]
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", *signing)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
    return server


server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
if sys.argv[2:]:
    server.socket = context(sys.argv[1]).wrap_socket(server.socket, server_side=True)
print(server.server_port, hashlib.sha256(PAGES["/" + WHEEL][1]).hexdigest(), flush=True)
server.serve_forever()
