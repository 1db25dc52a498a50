"""The edge under attack and failure: a room for each of the commands beside this folder, and what they have in common.
README.md says how they judge."""

import sys
from pathlib import Path

# The benchmarks' processes and servers are used here, too.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "Benchmarks"))
