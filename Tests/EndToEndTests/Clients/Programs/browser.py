"""A headless Chromium that sends events with fetch() and sendBeacon(), from pages of several origins.

browser.py BROWSER EDGE_PORT FOLDER KEY

FOLDER holds browser.pem and browser.key, for edge.test, api.edge.test, allowed.test and denied.test, and api.pem and
api.key, for api.edge.test alone. The browser takes edge.test and api.edge.test for the edge, and the two others for a
server of this program's own, whose pages are empty. Prints one JSON object a line: the page's origin, and what its calls
came to.
"""

import base64
import hashlib
import http.server
import json
import ssl
import subprocess
import sys
import tempfile
import threading

from developer_tools import DeveloperTools

CALL = """
(async () => {
    const address = '%(address)s';
    const headers = { Authorization: 'Bearer %(key)s', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ event: '%(event)s', email: 'ada@example.com' });
    try {
        const answer = await fetch(address, { method: 'POST', headers, body });
        const text = await answer.text();
        const spoken = performance.getEntriesByName(address).map(entry => entry.nextHopProtocol);
        return { status: answer.status, type: answer.type, request: answer.headers.get('X-Request-ID'),
            success: JSON.parse(text).success, protocol: spoken.at(-1) };
    } catch (error) {
        return { error: error.name };
    }
})()
"""

BEACON = """
navigator.sendBeacon('%(address)s', '{"event":"%(event)s-beacon","email":"ada@example.com"}')
"""

# More at once than one connection carries; how many were answered with which status.
BURST = """
(async () => {
    const headers = { Authorization: 'Bearer %(key)s', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ event: 'burst', email: 'ada@example.com' });
    const calls = Array.from({ length: 150 }, () => fetch('/v1/track', { method: 'POST', headers, body }));
    return (await Promise.all(calls)).filter(answer => answer.status === 200).length;
})()
"""

# Nobody answers this event, and the page does not wait.
ABANDONED = """
(async () => {
    const headers = { Authorization: 'Bearer %(key)s', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ event: 'abandoned', email: 'ada@example.com' });
    try {
        await fetch('/v1/track', { method: 'POST', headers, body, signal: AbortSignal.timeout(3000) });
        return 'answered';
    } catch (error) {
        return error.name;
    }
})()
"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"<!doctype html><title>Page</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


def serve_pages(folder):
    """Serves a page at every address; the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/browser.pem", f"{folder}/browser.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def key_digest(key):
    """What makes the browser trust a certificate: the digest of its public key."""
    public = subprocess.run(
        ["/usr/bin/openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def main(browser, edge_port, folder, key):
    page_port = serve_pages(folder)
    digests = ",".join(key_digest(f"{folder}/{name}.key") for name in ("browser", "api"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        tools = DeveloperTools([
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={profile}", "--no-proxy-server",
            f"--ignore-certificate-errors-spki-list={digests}",
            f"--host-resolver-rules=MAP edge.test:443 127.0.0.1:{edge_port}, "
            f"MAP api.edge.test:443 127.0.0.1:{edge_port}, "
            f"MAP *.test:443 127.0.0.1:{page_port}, MAP * ~NOTFOUND",
        ])
        try:
            # By its certificate the first connection is good for api.edge.test, too; the edge says that it is not.
            for name in ("edge", "api.edge", "allowed", "denied"):
                # What the edge answers to GET / is a refusal, and a page of its origin all the same.
                tools.open(f"https://{name}.test/")
                host = "api.edge.test" if name == "api.edge" else "edge.test"
                values = {"key": key, "event": name, "address": f"https://{host}/v1/track"}
                result = tools.evaluate(CALL % values)
                if name == "edge":
                    result["abandoned"] = tools.evaluate(ABANDONED % values)
                    result["burst"] = tools.evaluate(BURST % values)
                result["origin"] = tools.evaluate("location.origin")
                result["beacon"] = tools.send(BEACON % values)
                print(json.dumps(result), flush=True)
        finally:
            tools.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
