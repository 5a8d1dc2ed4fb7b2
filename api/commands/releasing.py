"""Releases: propose, look, decide, activate; and the keys of the ethics board."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap import Home
from api.commands.guidance import facts_of
from api.commands.running import OURS, fail, opened_home, output
from assistant.board import Act, BoardWord, board_key, sign_text_as, sign_word
from assistant.errors import BoardKeyRefused, ReleaseMoveRefused, ReleaseUnexamined
from assistant.live import SnapshotRef
from assistant.releases import Release, ReleaseState
from audit.errors import NoteInvalid
from audit.keyfiles import create_secret, load_secret
from audit.note import VerifierKey, parse_verifier_key, require_key_name
from evaluation.verdicts import read_verdicts

release = typer.Typer(
    help="Propose, approve, refuse and activate what serves citizens.", no_args_is_help=True
)
keys = typer.Typer(help="Make, register and retire keys of the ethics board.", no_args_is_help=True)

Wanted = Annotated[str, typer.Argument(help="Its digest, or the first digits.")]
By = Annotated[str, typer.Option("--by", help="Who decides: goes into the audit log.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: goes into the audit log.")]
Key = Annotated[
    Path | None, typer.Option("--key", help="File of a board key: signs, and is not kept.")
]
Note = Annotated[
    Path | None, typer.Option("--note", help="What a board key signed elsewhere, instead of --key.")
]
LARGEST_NOTE = 100_000


@release.command("propose")
def propose(
    reports: Annotated[Path, typer.Option("--reports", help="Folder of the evaluations' reports.")],
    by: By,
    reason: Reason,
    snapshot: Annotated[
        str, typer.Option("--snapshot", help="Name or version; what is live if not given.")
    ] = "",
) -> None:
    """Put forward what this home would serve, with the evaluations of it."""
    with opened_home() as home:
        wanted = _snapshot(home, snapshot)
        state = home.releases.propose(
            home.release_of(wanted.version), wanted.name, read_verdicts(reports), by, reason
        )
        _show(state)
        if not state.shortfalls:
            output.print(f"Next: signpost release approve {state.digest[:16]} --by … --reason …")


@release.command("status")
def status(
    wanted: Annotated[str, typer.Argument(help="Show one, with its moves and evaluations.")] = "",
    snapshot: Annotated[
        str, typer.Option("--snapshot", help="Of which guidance; what is live if not given.")
    ] = "",
) -> None:
    """Show the releases, and which one this home would serve."""
    with opened_home() as home:
        if wanted:
            _show(home.releases.find(wanted))
            return
        table = Table("release", "status", "guidance", "software", "policy", "last move")
        for each in home.releases.all():
            last = each.moves[-1]
            table.add_row(
                each.digest[:16],
                each.status.value,
                f"{each.name} {each.release.snapshot[:16]}",
                each.release.software,
                each.release.policy[:16],
                f"{last.kind} by {last.by}, {last.at[:16]}",
            )
        output.print(table, markup=False)
        if snapshot or home.operations.state().snapshot:
            _show_running(home, _snapshot(home, snapshot))
        if home.gate is None:
            output.print("This is a trial (no organisation is set): anything may be activated.")
        overrides = home.release_figures().overrides
        output.print(f"Overrides so far: {overrides}. Board keys in use: {_named(home)}.")


@release.command("approve")
def approve(wanted: Wanted, by: By, reason: Reason, key: Key = None, note: Note = None) -> None:
    """Approve a release whose evaluations all passed."""
    with opened_home() as home:
        seen = home.releases.find(wanted)
        signed = _signed(home, home.releases.word(seen, Act.APPROVE, by, reason), key, note)
        _show(home.releases.approve(seen, by, reason, signed))
        output.print(f"Next: signpost release activate {seen.digest[:16]} --by … --reason …")


@release.command("override")
def override(wanted: Wanted, by: By, reason: Reason, key: Key = None, note: Note = None) -> None:
    """Let a release serve that did not pass. Needs a board key; counted in public."""
    with opened_home() as home:
        seen = home.releases.find(wanted)
        signed = _signed(home, home.releases.word(seen, Act.OVERRIDE, by, reason), key, note)
        _show(home.releases.override(seen, by, reason, signed))
        output.print(f"Next: signpost release activate {seen.digest[:16]} --by … --reason …")


@release.command("refuse")
def refuse(wanted: Wanted, by: By, reason: Reason) -> None:
    """Refuse a release, or take an approval back."""
    with opened_home() as home:
        _show(home.releases.refuse(home.releases.find(wanted), by, reason))


@release.command("activate")
def activate(wanted: Wanted, by: By, reason: Reason) -> None:
    """Let an approved release serve citizens."""
    with opened_home() as home:
        before, state = home.operations.state(), home.releases.find(wanted)
        if home.gate is None:
            raise ReleaseMoveRefused(
                "This is a trial (no organisation is set), where releases are not asked for: "
                f"`signpost snapshots activate {state.release.snapshot[:16]}` does it."
            )
        _require_here(home, state)
        snapshot = home.library.open(state.release.snapshot, home.embedder)
        home.publish(snapshot)
        home.operations.activate(
            SnapshotRef(state.name, state.release.snapshot),
            facts_of(snapshot),
            by=by,
            reason=reason,
            seen=before,
        )
        output.print(f"Serving citizens now: release {state.digest[:16]}")
        if before.release and before.release != state.digest:
            output.print(f"Superseded: release {before.release[:16]}")


@release.command("word")
def word(
    act: Annotated[str, typer.Argument(help="approve or override.")],
    wanted: Wanted,
    by: By,
    reason: Reason,
) -> None:
    """Print what a board key signs on the board's own machine."""
    if act not in {Act.APPROVE, Act.OVERRIDE}:
        fail(f"A word is to approve or override, not to {act}.")
    with opened_home() as home:
        said = home.releases.word(home.releases.find(wanted), Act(act), by, reason)
        typer.echo(said.text, nl=False)


@keys.command("new")
def new_key(
    out: Annotated[Path, typer.Option("--out", help="File to write; FILE.pub beside it.")],
    name: Annotated[str, typer.Option("--name", help="Whose: no spaces.")] = "ethics-board",
) -> None:
    """Make a board key: the file is its holder's alone, FILE.pub is for everybody."""
    try:
        public = _public(out)
        if public.exists():
            fail(f"{public} is there already: give another name.")
        require_key_name(name)
        made = board_key(name, create_secret(out))
        public.write_text(f"{made}\n", encoding="utf-8")
    except OURS as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror}).")
    output.print(f"{out} is the key. Keep it off this machine, and a copy in a safe.")
    output.print(f"{public} is its public half. Register it: signpost board-key register {public}")


@keys.command("register")
def register_key(
    public: Annotated[Path, typer.Argument(help="The public half.")],
    by: By,
    reason: Reason,
    key: Key = None,
    note: Note = None,
) -> None:
    """Register the public half of a board key. After the first, a registered key has to sign."""
    with opened_home() as home:
        new = _read_public(public)
        said = home.releases.key_word(Act.REGISTER, new, by, reason)
        home.releases.register(new, by, reason, _signed(home, said, key, note))
        output.print(f"Registered: {new}", markup=False)


@keys.command("retire")
def retire_key(
    public: Annotated[Path, typer.Argument(help="The public half.")],
    by: By,
    reason: Reason,
    key: Key = None,
    note: Note = None,
) -> None:
    """Take a board key out of use; a registered key has to sign."""
    with opened_home() as home:
        old = _read_public(public)
        said = home.releases.key_word(Act.RETIRE, old, by, reason)
        home.releases.retire(old, by, reason, _signed(home, said, key, note))
        output.print(f"Retired: {old}", markup=False)


@keys.command("list")
def list_keys() -> None:
    """List the board keys in use."""
    with opened_home() as home:
        for each in home.releases.board_keys():
            output.print(str(each), markup=False, highlight=False)


@keys.command("sign")
def sign(
    said: Annotated[Path, typer.Argument(help="What `release word` printed.")],
    key: Annotated[Path, typer.Option("--key", help="File of the board key, FILE.pub beside it.")],
    out: Annotated[Path, typer.Option("--out", help="File to write, for --note.")],
) -> None:
    """Sign a word on the board's own machine: needs no home and no network."""
    try:
        text = said.read_text(encoding="utf-8")
        out.write_text(
            sign_text_as(text, _read_public(_public(key)), load_secret(key)), encoding="utf-8"
        )
    except OURS as error:
        fail(str(error))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{said} cannot be signed ({error}).")
    output.print(text, markup=False, highlight=False)
    output.print(f"Signed: {out}")


def _snapshot(home: Home, wanted: str) -> SnapshotRef:
    live = home.operations.state().snapshot
    if wanted:
        found = home.library.open(wanted).manifest
        return SnapshotRef(found.name, found.digest)
    if live is None:
        raise ReleaseMoveRefused("No guidance is live: name some with --snapshot NAME.")
    return live


def _require_here(home: Home, state: ReleaseState) -> None:
    """Refuse a release that this home, as it is set up and installed, would not serve."""
    here, wanted = home.release_of(state.release.snapshot), state.release
    settings = {
        "software": "install that version",
        "policy": "set SIGNPOST_POLICY",
        "embedder": "set SIGNPOST_EMBEDDING_MODEL",
        "composer": "set SIGNPOST_MODEL",
    }
    for part, remedy in settings.items():
        mine, theirs = getattr(here, part), getattr(wanted, part)
        if mine != theirs:
            raise ReleaseMoveRefused(
                f"Release {state.digest[:16]} is with {part} {theirs}, and here is {mine}: "
                f"{remedy}, and run this again."
            )


def _show(state: ReleaseState) -> None:
    parts = state.release
    lines = [
        f"Release {state.digest}: {state.status}",
        f"  guidance {state.name} {parts.snapshot}",
        f"  software {parts.software}",
        f"  policy {parts.policy}",
        f"  models {parts.embedder}, {parts.composer}",
        *(f"  {e.kind}: {e.verdict}: {e.says} ({e.at[:10]})" for e in state.evaluations),
        *(f"  {m.kind} by {m.by}, {m.at[:16]}: {m.reason}" for m in state.moves),
        *(f"  stands against approving it: {line}" for line in state.shortfalls),
    ]
    output.print("\n".join(lines), markup=False, highlight=False)


def _show_running(home: Home, wanted: SnapshotRef) -> None:
    made: Release = home.release_of(wanted.version)
    output.print(f"{wanted.name} makes here release {made.digest}", highlight=False)
    if home.gate is None:
        return
    with home.database.read() as connection:
        try:
            home.gate.admit(connection, wanted.version)
        except ReleaseUnexamined as refused:
            output.print(str(refused), markup=False, highlight=False)
        else:
            output.print("It may serve citizens.")


def _named(home: Home) -> str:
    return ", ".join(each.name for each in home.releases.board_keys()) or "none"


def _signed(home: Home, said: BoardWord, key: Path | None, note: Path | None) -> str:
    """Return the signed note: made here with a key's file, or read; "" where neither is given."""
    if key and note:
        raise BoardKeyRefused("Give --key or --note, not both.")
    if note:
        return _read(note)
    if key is None:
        return ""
    seed = load_secret(key)
    mine = board_key("board", seed).public
    for registered in home.releases.board_keys():
        if registered.public == mine:
            return sign_word(said, registered, seed)
    raise BoardKeyRefused(
        f"{key} is no board key that is in use here. In use: {_named(home)}. "
        "See `signpost board-key register`."
    )


def _public(key: Path) -> Path:
    return key.with_name(f"{key.name}.pub")


def _read_public(path: Path) -> VerifierKey:
    try:
        return parse_verifier_key(_read(path))
    except NoteInvalid as error:
        raise BoardKeyRefused(f"{path} is not a public key: {error}.") from error


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_NOTE).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BoardKeyRefused(f"{path} cannot be read ({error}).") from error
