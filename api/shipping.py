"""For Signpost's makers: write the evaluation that ships with the bundled guidance.

    python -m api.shipping DIR

DIR holds the verdicts of evaluations of the release that the bundled guidance makes here with the
bundled policy and models. All must have passed.
"""

import argparse
from pathlib import Path

from api.bootstrap import SHIPPED
from api.commands.guidance import prepare_starter
from api.commands.running import fail, opened_home, output
from assistant.releases import shortfalls
from evaluation.shipped import write_shipped
from evaluation.verdicts import read_verdicts


def main() -> None:
    """Write `knowledge/starter/evaluation.json`, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=Path, help="folder of the verdicts")
    reports = parser.parse_args().reports
    with opened_home() as home:
        release = home.release_of(prepare_starter(home).digest)
        found = read_verdicts(reports)
        others = [each.kind.value for each in found if each.release != release.digest]
        missing = shortfalls({each.kind: each for each in found})
        if others:
            fail(f"Of another release than {release.digest}: {', '.join(others)}. Evaluate anew.")
        if missing:
            fail("Not every evaluation has passed:\n  " + "\n  ".join(missing))
        write_shipped(SHIPPED, release, found)
    output.print(f"Written: {SHIPPED}")


if __name__ == "__main__":
    main()
