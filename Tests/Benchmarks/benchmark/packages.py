"""What the benchmark needs from Debian, and the edge itself in release."""

import subprocess

from benchmark.servers import REPOSITORY

INSTALL_MISSING = REPOSITORY / "deploy" / "install-missing"


def install(*packages):
    try:
        subprocess.run([INSTALL_MISSING, "--start-nothing", *packages], check=True, timeout=1200)
    except (subprocess.SubprocessError, FileNotFoundError) as error:
        raise SystemExit(f"Could not install {' '.join(packages)}: {error}") from error


def build_edge():
    headers = ["libcurl4-openssl-dev", "libssl-dev", "zlib1g-dev", "pkg-config"]
    for command in (
        [REPOSITORY / "deploy" / "require-swift"],
        [INSTALL_MISSING, *headers],
        [REPOSITORY / "deploy" / "build"],
    ):
        # Each says itself what is wrong.
        if subprocess.run(command, cwd=REPOSITORY, check=False).returncode != 0:
            raise SystemExit("The edge could not be built")
