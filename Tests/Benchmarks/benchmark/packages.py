"""What the benchmark needs from Debian, and the edge itself in release."""

import os
import subprocess
from pathlib import Path

from benchmark.servers import REPOSITORY, is_installed

INSTALL_MISSING = REPOSITORY / "deploy" / "install-missing"
POLICY = Path("/usr/sbin/policy-rc.d")
# Other packages are named as the program in them.
PROGRAMS = {"nghttp2-client": "h2load"}


def install(*packages):
    """Installs those that are missing. Debian starts a server as soon as it is installed, on port 80 for all to see,
    unless `POLICY` says 101."""
    denies = not POLICY.exists() and not all(is_installed(PROGRAMS.get(name, name)) for name in packages)
    root = [] if os.geteuid() == 0 else ["sudo"]
    try:
        if denies:
            script = f"printf '#!/bin/sh\\nexit 101\\n' > {POLICY} && chmod 755 {POLICY}"
            subprocess.run([*root, "sh", "-c", script], check=True)
        subprocess.run([INSTALL_MISSING, *packages], check=True, timeout=1200)
    except (subprocess.SubprocessError, FileNotFoundError) as error:
        raise SystemExit(f"Could not install {' '.join(packages)}: {error}") from error
    finally:
        if denies:
            subprocess.run([*root, "rm", "-f", str(POLICY)], check=False)


def build_edge():
    headers = ["libcurl4-openssl-dev", "libssl-dev", "pkg-config"]
    for command in (
        [REPOSITORY / "deploy" / "require-swift"],
        [INSTALL_MISSING, *headers],
        [REPOSITORY / "deploy" / "build"],
    ):
        # Each says itself what is wrong.
        if subprocess.run(command, cwd=REPOSITORY, check=False).returncode != 0:
            raise SystemExit("The edge could not be built")
