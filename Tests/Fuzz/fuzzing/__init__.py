"""What Tests/Fuzz/run consists of, and where things are."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
REPOSITORY = FOLDER.parent.parent
# What libFuzzer gets and finds on this machine, and its program.
SCRATCH = REPOSITORY / ".build-fuzz"
