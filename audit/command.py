"""`signpost-audit`: check a log, an export or a receipt, from the command line.

Exits with 0 when all is well, 1 when something was changed or does not prove what it claims, and 2
when the question itself could not be understood or answered.
"""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from audit.errors import AuditError, DatabaseUnavailable, NoteInvalid, ReceiptNotProven
from audit.note import VerifierKey, parse_verifier_key
from audit.receipts import LONGEST_RECEIPT, verify_receipt
from audit.verify import verify_bundle, verify_database

OK, FAILED, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        match arguments.command:
            case "verify":
                return _verify(arguments)
            case "receipt":
                return _receipt(arguments)
            case "export":
                return _export(arguments)
            case _:
                return _checkpoint(arguments)
    except ReceiptNotProven as error:
        print(f"NOT PROVEN: {error}")
        return FAILED
    except AuditError as error:
        print(f"signpost-audit: {error}", file=sys.stderr)
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signpost-audit",
        description="Check that an audit log, an export of it or a receipt is genuine and whole.",
        epilog="Exit status: 0 all is well, 1 verification failed, 2 could not be checked.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    key_help = (
        "a key you trust, as the organisation published it (name+id+base64), or a file with one"
        " such key on each line; may be given more than once"
    )

    verify = commands.add_parser("verify", help="check an exported log, or the database itself")
    source = verify.add_mutually_exclusive_group(required=True)
    source.add_argument("bundle", nargs="?", type=Path, help="the exported log")
    source.add_argument("--database", metavar="URL", help="the database that holds the log")
    verify.add_argument("--key", action="append", default=[], help=key_help)
    verify.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        help="an older signed checkpoint that was kept elsewhere: shows whether the log was cut"
        " or rewritten since",
    )

    receipt = commands.add_parser("receipt", help="check a receipt")
    receipt.add_argument("file", type=Path)
    receipt.add_argument("--key", action="append", required=True, help=key_help)

    export = commands.add_parser("export", help="write the log to one file that others can check")
    export.add_argument("--database", metavar="URL", required=True)
    export.add_argument("--out", metavar="FILE", type=Path, required=True)
    export.add_argument(
        "--without-ciphertexts", action="store_true", help="leave the encrypted parts out"
    )

    checkpoint = commands.add_parser(
        "checkpoint", help="print the newest signed checkpoint, to keep elsewhere"
    )
    checkpoint.add_argument("--database", metavar="URL", required=True)
    return parser


def _verify(arguments: argparse.Namespace) -> int:
    keys = _read_keys(arguments.key)
    held = None if arguments.checkpoint is None else _read_text(arguments.checkpoint)
    if arguments.database is None:
        report = verify_bundle(arguments.bundle, keys, held)
    else:
        _require_database_support()
        report = verify_database(arguments.database, keys, held)
    print(*report.lines(), sep="\n")
    return report.exit_code


def _receipt(arguments: argparse.Namespace) -> int:
    text = _read_text(arguments.file)
    receipt = verify_receipt(text, _read_keys(arguments.key))
    print(f"OK: record {receipt.leaf.record_id} ({receipt.leaf.kind}, {receipt.leaf.at})")
    print(f"is leaf {receipt.index} of the log, under a checkpoint signed by a key you trust.")
    if receipt.opening is not None:
        print("The text in the receipt is what was recorded.")
    return OK


def _export(arguments: argparse.Namespace) -> int:
    _require_database_support()
    from audit.database import Database
    from audit.export import export_bundle

    database = Database.open(arguments.database, must_exist=True)
    try:
        leaves = export_bundle(
            database, arguments.out, ciphertexts=not arguments.without_ciphertexts
        )
    finally:
        database.close()
    print(f"Wrote {leaves:,} leaves to {arguments.out}.")
    return OK


def _checkpoint(arguments: argparse.Namespace) -> int:
    _require_database_support()
    from audit.database import Database
    from audit.stored_log import read_header

    database = Database.open(arguments.database, must_exist=True)
    try:
        with database.read() as connection:
            print(read_header(connection, ciphertexts=False).checkpoint, end="")
    finally:
        database.close()
    return OK


def _require_database_support() -> None:
    if importlib.util.find_spec("sqlalchemy") is None:
        raise DatabaseUnavailable(
            "reading a database needs more than this small installation: install"
            " 'signpost-enquiries[database]', or check an exported bundle instead"
        )


def _read_keys(given: Sequence[str]) -> tuple[VerifierKey, ...]:
    keys: list[VerifierKey] = []
    for text in given:
        path = Path(text)
        lines = _read_text(path).splitlines() if "+" not in text or path.is_file() else [text]
        keys += [parse_verifier_key(line) for line in lines if line.strip()]
    if given and not keys:
        raise NoteInvalid("the key file holds no key: it needs one on each line")
    return tuple(keys)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_RECEIPT + 1)
        return data.decode()
    except OSError as error:
        raise NoteInvalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NoteInvalid(f"{path} is not a text file") from error


if __name__ == "__main__":
    sys.exit(main())
