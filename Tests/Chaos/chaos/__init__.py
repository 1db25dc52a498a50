"""The edge under attack and failure. The commands beside this folder are what to call; README.md says how they
judge."""

import sys
from pathlib import Path

# The benchmarks' processes and servers are used here, too.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "Benchmarks"))
