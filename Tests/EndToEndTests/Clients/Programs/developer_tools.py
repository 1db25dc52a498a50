"""Chromium, driven by its DevTools protocol over two pipes."""

import json
import os
import subprocess


class DeveloperTools:
    """A browser with one page. It cannot outlive this object's close()."""

    def __init__(self, command):
        to_browser, self._input = os.pipe()
        self._output, from_browser = os.pipe()

        def use_pipes():
            # The browser reads from 3 and writes to 4. Copies first: either end may be one of these numbers.
            reads, writes = os.dup(to_browser), os.dup(from_browser)
            high_reads, high_writes = os.dup2(reads, 100), os.dup2(writes, 101)
            os.dup2(high_reads, 3, inheritable=True)
            os.dup2(high_writes, 4, inheritable=True)

        self._browser = subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig", "KILL", *command, "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, close_fds=False,
            preexec_fn=use_pipes)
        os.close(to_browser)
        os.close(from_browser)
        self._messages = self._read()
        self._last = 0
        # What the browser said by itself, in the order in which it came.
        self.events = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def open(self, address):
        """Goes to an address and waits until its page is there."""
        if error := self._call("Page.navigate", url=address).get("errorText"):
            raise RuntimeError(f"{address}: {error}")
        self._wait(lambda message: message.get("method") == "Page.loadEventFired")

    def evaluate(self, script):
        """What a script of the page comes to, promises included."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"]["value"]

    def send(self, script):
        """The same of a script that makes the page send something; waits until that has been answered, too."""
        self._call("Network.enable")
        value = self.evaluate(script)
        self._wait(lambda message: message.get("method") in ("Network.loadingFinished", "Network.loadingFailed"))
        self._call("Network.disable")
        return value

    def watch(self):
        """From now on `events` has what the page asks for, what it says, and what the browser refuses it."""
        for domain in ("Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def show(self, width, height=900, scheme="light"):
        """Gives the page a screen of this size, of somebody who likes it light or dark."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 600)
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def close(self):
        try:
            os.write(self._input, json.dumps({"id": self._last + 1, "method": "Browser.close"}).encode() + b"\0")
            self._browser.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self._browser.kill()
            self._browser.wait()

    def _call(self, method, **parameters):
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        os.write(self._input, json.dumps(message).encode() + b"\0")
        answer = self._wait(lambda message: message.get("id") == self._last)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _wait(self, match):
        for message in self._messages:
            if "method" in message:
                self.events.append(message)
            if match(message):
                return message
        raise RuntimeError(f"the browser has gone: {self._browser.communicate()[1].decode()[-2000:]}")

    def _read(self):
        received = b""
        while part := os.read(self._output, 65536):
            *messages, received = (received + part).split(b"\0")
            yield from map(json.loads, messages)
