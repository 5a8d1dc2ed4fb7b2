"""How many bytes a browser loads first: `python -m api.weight`.

Pages are counted as they are sent, uncompressed, since only a proxy would compress them; scripts,
styles and the icon as they are sent, compressed.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from api.assets import Assets
from api.pages.rendering import Pages
from api.parts import Limits, SiteSettings
from assistant.policy import load_policy

SCRIPT_LIMIT = 10_000
FIRST_LOAD_LIMIT = 60_000
_NAMED = re.compile(r'(?:src|href)="(/assets/([a-z]+)-[0-9a-f]{12}(\.[a-z]+))"')


@dataclass(frozen=True, slots=True)
class Load:
    """What is fetched for one thing to appear, in bytes by name, each file once."""

    name: str
    files: dict[str, int]

    @property
    def total(self) -> int:
        """Return the bytes of all files."""
        return sum(self.files.values())


def loads() -> tuple[Load, ...]:
    """Return the launcher, and the first load of the widget and of the start page."""
    site, assets, limits = SiteSettings(), Assets(), Limits()
    pages = Pages(site, limits, assets, load_policy().describing)
    frame = pages.html("embed.html", "en", parent="https://www.council.example", theme="teal")
    launcher = {"widget.js": len(assets.named("widget.js").packed)}
    return (
        Load("launcher", launcher),
        Load("widget, opened", launcher | _page("frame", frame, assets)),
        Load("start page", _page("page", pages.html("start.html", "en"), assets)),
    )


def _page(name: str, html: str, assets: Assets) -> dict[str, int]:
    named = {f"{found[2]}{found[3]}" for found in _NAMED.finditer(html)}
    return {name: len(html.encode())} | {
        each: len(assets.named(each).packed) for each in sorted(named)
    }


def main(write: Callable[[str], object] = print) -> int:
    """Write the table; return 1 where something is above its limit."""
    too_heavy = 0
    for load in loads():
        limit = SCRIPT_LIMIT if load.name == "launcher" else FIRST_LOAD_LIMIT
        too_heavy += load.total > limit
        write(f"{load.name}: {load.total:,} bytes (limit {limit:,})")
        for name, size in load.files.items():
            write(f"  {name:<14}{size:>8,}")
    return min(too_heavy, 1)


if __name__ == "__main__":
    sys.exit(main())
