"""A headless Chromium that looks at the page of an admin listener while the edge works and when it ends.

admin_page.py BROWSER ADMIN_PORT EDGE_PORT KEY

Three requests have been made before; Plunk answers every one from now on with 500. Prints what the page shows, one JSON object for each step.
"""

import http.client
import json
import os
import signal
import sys
import tempfile

from developer_tools import DeveloperTools

# Comes to what the expression does as soon as that is true. Whoever started this program is not patient for ever.
UNTIL = """
new Promise(resolve => {
    const look = () => { const value = %s; if (value) resolve(value); else setTimeout(look, 20); };
    look();
})
"""

ROWS = "[...document.querySelectorAll('#list .row')].map(row => [...row.children].map(cell => cell.textContent))"
CHOOSE = "document.querySelector('[data-filter=\"%s\"]').click()"
TYPE = """
(() => {
    const field = document.querySelector('#filters').elements.text;
    field.value = '%s';
    field.dispatchEvent(new Event('input', { bubbles: true }));
})()
"""
STORY = """
(() => {
    [...document.querySelectorAll('#list .row')].find(row => row.textContent.includes('%s')).click();
    const text = document.querySelector('#story').innerText;
    document.querySelector('#story button').click();
    return text;
})()
"""
# Once the page has drawn itself for its new size.
WIDTH = """
new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(Math.max(
    document.documentElement.scrollWidth, ...[...document.querySelectorAll('body *')]
        .filter(part => !part.matches('.skip')).map(part => part.getBoundingClientRect().right))))))
"""
STATUSES = """
[...document.querySelectorAll('#list .row .status')].map(cell => [cell.textContent, getComputedStyle(cell).color])
"""
# What stands where, from the top.
ORDER = """
[...document.querySelectorAll('#traffic, #latency, #reasons, #list')]
    .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top).map(part => part.id)
"""
PLANTED = "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))"


class Page:
    def __init__(self, tools, address):
        self.tools = tools
        tools.watch()
        tools.show(1280)
        tools.open(address)

    def until(self, expression):
        return self.tools.evaluate(UNTIL % expression)

    def say(self, step, **values):
        print(json.dumps({"step": step, **values}), flush=True)

    def run(self, script):
        self.tools.evaluate(f"{script}; true")

    def complaints(self):
        """What stands in the console."""
        texts = []
        for event in self.tools.events:
            if event["method"] == "Log.entryAdded":
                texts.append(event["params"]["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                texts.append(str(event["params"]["exceptionDetails"]))
            elif event["method"] == "Runtime.consoleAPICalled":
                texts.append(str(event["params"]["args"]))
        return texts

    def addresses(self):
        """What was asked for, the icon in the page itself aside."""
        asked = [event["params"]["request"]["url"] for event in self.tools.events
            if event["method"] == "Network.requestWillBeSent"]
        return sorted({address for address in asked if not address.startswith("data:")})


def look(page, edge_port, key):
    page.until("document.querySelectorAll('#list .row').length === 3")
    page.until("document.querySelector('#readout b')?.textContent === '3'")
    page.until("document.querySelector('#stream').textContent === 'Live'")
    page.say("began", rows=page.tools.evaluate(ROWS),
        ready=page.until("document.querySelector('#ready.good')?.textContent"),
        reasons=page.tools.evaluate("[...document.querySelectorAll('#reasons span')].map(cell => cell.textContent)"),
        bars=page.tools.evaluate("document.querySelectorAll('#chart rect').length"))

    connection = http.client.HTTPConnection("127.0.0.1", edge_port, timeout=20)
    connection.request("GET", "/live", headers={"Authorization": "Bearer nothing"})
    connection.getresponse().read()
    page.until("document.querySelectorAll('#list .row').length === 4")
    page.say("live", rows=page.tools.evaluate(ROWS)[:1])

    page.until("document.querySelectorAll('#filters [name=reason] option').length > 10")
    page.say("stories", **{name: page.tools.evaluate(STORY % name) for name in ("secret key", "forwarded", "missing auth")})

    shown = {}
    for name, script in (("outcome", CHOOSE % "outcome forwarded"), ("reason", CHOOSE % "reason secret_key"),
            ("text", TYPE % "ALERT(1)"), ("nothing", TYPE % "nowhere")):
        page.run(script)
        shown[name] = [row[2] for row in page.tools.evaluate(ROWS)]
        shown[f"{name} empty"] = page.tools.evaluate("document.querySelector('#empty').innerText")
        page.run("document.querySelector('#filters [type=reset]').click()")
        page.until("document.querySelectorAll('#list .row').length === 4")
    page.say("filters", **shown)

    page.run("document.querySelector('#pause').click()")
    connection.request("POST", "/v1/track", json.dumps({"event": "paused", "email": "a@example.com"}),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    connection.getresponse().read()
    pause = page.until("(text => text.includes('1 new') && text)(document.querySelector('#pause').textContent)")
    rows = page.tools.evaluate(ROWS)
    page.run("document.querySelector('#pause').click()")
    page.until("document.querySelectorAll('#list .row').length === 5")
    page.say("pause", text=pause, rows=len(rows), statuses=page.tools.evaluate(STATUSES)[:2])

    colour = "getComputedStyle(document.documentElement).backgroundColor"
    colours, widths = {}, {}
    for scheme in ("light", "dark"):
        page.tools.show(1280, scheme=scheme)
        colours[scheme] = page.tools.evaluate(colour)
    for width in (390, 320):
        page.tools.show(width)
        widths[str(width)] = page.tools.evaluate(WIDTH)
    page.say("looks", colours=colours, widths=widths, order=page.tools.evaluate(ORDER))

    page.say("peace", complaints=page.complaints(), addresses=page.addresses(),
        scripts=page.tools.evaluate("document.scripts.length"),
        document=page.tools.evaluate("document.documentElement.outerHTML"))
    page.run(PLANTED)
    page.say("refused", complaints=len(page.complaints()), ran=page.tools.evaluate("'ran' in window"))

    process = page.tools.evaluate("fetch('status').then(answer => answer.json()).then(status => status.pid)")
    os.kill(process, signal.SIGTERM)
    page.say("lost", stream=page.until("document.querySelector('#stream.warn')?.textContent"),
        ready=page.until(
            "(text => text === 'No answer' && text)(document.querySelector('#ready.bad')?.textContent)"))


def main(browser, admin_port, edge_port, key):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        tools = DeveloperTools([
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={profile}", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ])
        try:
            look(Page(tools, f"http://127.0.0.1:{admin_port}/"), edge_port, key)
        finally:
            tools.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
