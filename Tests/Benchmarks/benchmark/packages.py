"""What the benchmark needs from Debian, and the edge itself in release."""

import os
import shutil
import subprocess
from pathlib import Path

from benchmark.servers import EDGE, REPOSITORY

# Package by program.
PACKAGES = {"nginx": "nginx", "haproxy": "haproxy", "caddy": "caddy", "wrk": "wrk", "valgrind": "valgrind"}
POLICY = Path("/usr/sbin/policy-rc.d")


def install(programs):
    missing = [PACKAGES[name] for name in programs if shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin") is None]
    if not missing:
        return
    print("Installing", *missing, flush=True)
    root = [] if os.geteuid() == 0 else ["sudo"]
    # Debian starts a server as soon as it is installed, on port 80 for all to see, unless this file says 101.
    denies = not POLICY.exists()
    try:
        if denies:
            script = f"printf '#!/bin/sh\\nexit 101\\n' > {POLICY} && chmod 755 {POLICY}"
            subprocess.run([*root, "sh", "-c", script], check=True)
        environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        subprocess.run([*root, *environment, "update"], check=True, timeout=600)
        install = [*root, *environment, "install", "--yes", "--no-install-recommends", *missing]
        subprocess.run(install, check=True, timeout=1200, stdout=subprocess.DEVNULL)
    except (subprocess.SubprocessError, FileNotFoundError) as error:
        raise SystemExit(f"Could not install {' '.join(missing)}: {error}") from error
    finally:
        if denies:
            subprocess.run([*root, "rm", "-f", str(POLICY)], check=False)


def build_edge():
    if shutil.which("swift") is None:
        raise SystemExit("There is no swift in PATH: the edge cannot be built")
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "plunk-edge"]
    built = subprocess.run(command, cwd=REPOSITORY, check=False)
    if built.returncode != 0 or not EDGE.exists():
        raise SystemExit("The edge does not build")
