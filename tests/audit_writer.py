"""A process that writes to a log until it is done or killed, telling what is committed.

Run as `python -m tests.audit_writer URL KEYS_URL PREFIX COUNT`. After each commit it prints the
record's number and identifier, so whatever it printed must be in the log for good.
"""

import sys

from tests.auditing import open_world


def main(url: str, keys_url: str, prefix: str, count: str) -> None:
    with open_world(url, keys_url, prefix=prefix) as world:
        for number in range(int(count)):
            recorded = world.answer(f"{prefix}-{number // 5}", f"question {number}")
            print(recorded.index, recorded.record_id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
