"""The inputs of the targets."""

import base64
import shutil
import sys

from fuzzing import FOLDER, SCRATCH

CORPORA = FOLDER / "Corpora"
# What `--keep` makes for each target: one input a line, in base64.
KEPT, MOST_KEPT, MOST_KEPT_BYTES = FOLDER / "Kept", 150, 48 * 1024


def targets():
    """Their names: each has a folder in Corpora."""
    return sorted(folder.name for folder in CORPORA.iterdir())


class Corpus:
    """The inputs of one target: those of the repository, and those that libFuzzer has found on this machine."""

    def __init__(self, target):
        self.target = target
        self.folder = CORPORA / target
        self.kept = SCRATCH / "kept" / target
        self.grown = SCRATCH / "corpora" / target
        self.grown.mkdir(parents=True, exist_ok=True)
        self.unpack()

    def unpack(self):
        shutil.rmtree(self.kept, ignore_errors=True)
        self.kept.mkdir(parents=True)
        packed = KEPT / self.target
        for number, line in enumerate(packed.read_text().split() if packed.exists() else []):
            (self.kept / f"{number:03}").write_bytes(base64.b64decode(line))

    def keep(self, fuzzer):
        """Packs the fewest inputs that reach all that the grown corpus reaches, or of too many a part."""
        merged = SCRATCH / "merged" / self.target
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir(parents=True)
        options = ["-set_cover_merge=1", merged, self.folder, self.kept, self.grown]
        _, status, said = fuzzer.run(self.target, options, SCRATCH / f"{self.target}.merge.log")
        if fuzzer.is_stopping:
            return
        if status != 0:
            raise SystemExit(f"{self.target}: merging ended with {status}\n{said[-3000:]}")
        own = {file.read_bytes() for file in self.folder.iterdir()}
        inputs = sorted({file.read_bytes() for file in merged.iterdir()} - own, key=lambda text: (len(text), text))
        kept, size = [], 0
        # Of too many some of every length: the short ones alone reach nothing deep.
        step = max(1, len(inputs) / MOST_KEPT)
        for text in [inputs[int(place * step)] for place in range(min(len(inputs), MOST_KEPT))]:
            size += len(text)
            if text and size <= MOST_KEPT_BYTES:
                kept.append(text)
        KEPT.mkdir(exist_ok=True)
        (KEPT / self.target).write_text("".join(base64.b64encode(text).decode() + "\n" for text in kept))
        print(f"  {self.target}: kept {len(kept)} of {len(inputs)} inputs", file=sys.stderr, flush=True)
