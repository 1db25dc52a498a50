"""One attack, as a program of its own that yields to whoever measures:
`python3 -B -m chaos.attacks.attacker ATTACK PORT TLS_PORT CERTIFICATE SECONDS SCALE`. Says "ready" when it is under
way, and at its end what it did, as one line of JSON each.
"""

import json
import os
import sys

from chaos.attacks.arsenal import Target
from chaos.attacks.table import ATTACKS


def say(**words):
    print(json.dumps(words), flush=True)


def main():
    name, port, tls_port, certificate, seconds, scale = sys.argv[1:]
    # Honest clients and the upstream, on the same core, go first: what they wait for must be the edge.
    os.nice(19)
    sys.setswitchinterval(0.0005)
    begin = next(attack.begin for attack in ATTACKS if attack.name == name)
    attack = begin(Target(int(port), int(tls_port), certificate, float(scale)))
    say(result=attack.run(float(seconds), lambda: say(ready=True)))


if __name__ == "__main__":
    main()
