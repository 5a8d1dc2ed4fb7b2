"""Serve citizens: the page, the widget and the HTTP API, from one home."""

import contextlib
import socket
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.bootstrap import Home, now
from api.commands.guidance import ensure_starter
from api.commands.running import opened_home, output
from api.errors import SettingInvalid
from api.parts import Limits, PartHealth, Parts, SiteSettings
from api.settings import PREFIX
from api.starter import starter_page
from assistant.errors import NothingToChange, ReleaseUnexamined
from assistant.live import LiveState
from audit.errors import AuditError

STOPPING_SECONDS = 10
"""How long requests that are being answered may go on once the server is told to stop."""


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = -1,
) -> None:
    """Serve citizens until stopped. The first start prepares the bundled guidance."""
    with opened_home() as home:
        host = host or home.settings.host
        port = home.settings.port if port < 0 else port
        with _listening(host, port) as listening, home.serving():
            ensure_starter(home)
            require_release(home)
            home.warm_up()
            _ = home.hooks  # a mistake in their file stops the start
            home.record_start()
            shown = f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{listening.getsockname()[1]}"
            app = create_app(parts_of(home, address))
            output.print(f"\n{home.settings.service_name} is ready: open {address}/")
            output.print(f"Everything it keeps is in {home.settings.home}. Stop it with Ctrl+C.\n")
            config = uvicorn.Config(
                app,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                # Live pages hold a request open: when stopping, they are cut off.
                timeout_graceful_shutdown=STOPPING_SECONDS,
            )
            with home.delivering(), home.looking_after():
                uvicorn.Server(config).run(sockets=[listening])


def require_release(home: Home) -> None:
    """Go on only if what would serve is an approved release; it is the active one from then on.

    In a trial anything may serve; that is said.
    """
    live = home.operations.state().snapshot
    if home.gate is None:
        output.print(
            f"This is a trial: what serves need not have been evaluated. Once {PREFIX}ORGANISATION "
            "is set, only an approved release serves."
        )
    elif live is not None:
        home.adopt_shipped(live)
        with contextlib.suppress(NothingToChange):
            home.operations.activate(
                live, {}, by="signpost serve", reason="a server started with it"
            )


def parts_of(home: Home, address: str) -> Parts:
    """Return everything the web side is given; `address` stands in for a public one not set."""
    settings = home.settings
    return Parts(
        conversations=home.assistant,
        site=SiteSettings(
            base_url=settings.base_url or address,
            service_name=settings.service_name,
            organisation=settings.organisation,
            phone=settings.phone,
            hours=settings.hours,
            privacy_email=settings.privacy_contact,
            accessibility_email=settings.accessibility_contact,
            embedding_origins=settings.allowed_origins,
            exit_url=settings.exit_url,
            model_provider=settings.model.partition(":")[0],
        ),
        token_secret=home.token_secret,
        readiness=lambda: readiness(home),
        releases=home.release_figures,
        guidance=starter_page,
        clock=now,
        describing=home.policy.describing,
        monitored=home.monitored.seen,
        staff=home.staff,
        hooks=home.hook_states,
        reaching=home.contact_centre.reaching,
        challenges=home.contact_centre.challenges,
        reviewed=home.reviewed_page,
        said={"en": home.policy.english, "cy": home.policy.welsh},
        limits=Limits(
            turns_per_conversation=f"{settings.questions_per_minute} per minute",
            question_characters=home.policy.limits.question_characters,
            trusted_proxies=_networks(settings.trusted_proxies),
        ),
    )


def readiness(home: Home) -> tuple[PartHealth, ...]:
    """Say whether each part can do its work."""
    try:
        state = home.operations.state()
        approved = _approved(home, state)
    except AuditError:
        return (PartHealth("database", False, "cannot be read"),)
    if not state.answering:
        detail = "answering is switched off; people stay reachable"
    else:
        detail = "" if state.snapshot else "no guidance is live"
    return (
        PartHealth("database", True),
        PartHealth("guidance", state.snapshot is not None, detail),
        *approved,
    )


def _approved(home: Home, state: LiveState) -> tuple[PartHealth, ...]:
    """Say whether what is live may serve from this process; nothing where there is no gate."""
    if home.gate is None or state.snapshot is None:
        return ()
    with home.database.read() as connection:
        try:
            home.gate.admit(connection, state.snapshot.version)
        except ReleaseUnexamined:
            detail = "what is live is in no release that was approved with this server's software"
            return (PartHealth("release", False, detail),)
    return (PartHealth("release", True),)


def _listening(host: str, port: int) -> socket.socket:
    """Take the address before anything else is done, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = f"{host}:{port} cannot be used ({error.strerror}); choose another with {PREFIX}PORT"
        raise SettingInvalid(f"{PREFIX}PORT", why) from error


def _networks(addresses: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(address) for address in addresses)
    except ValueError as error:
        raise SettingInvalid(f"{PREFIX}TRUSTED_PROXIES", str(error)) from error
