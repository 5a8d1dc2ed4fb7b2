"""The bundled starter pages, for showing them at the addresses that answers cite."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from api.parts import GuidancePage

_SLUG = re.compile(r"[a-z0-9-]{1,100}")


@lru_cache(maxsize=512)
def starter_page(slug: str) -> GuidancePage | None:
    """Return the bundled page of that name, or None."""
    path = files("knowledge").joinpath(f"starter/pages/{slug}.md")
    if not _SLUG.fullmatch(slug) or not path.is_file():
        return None
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    facts = tomllib.loads(front)
    return GuidancePage(
        slug=slug,
        title=facts["title"],
        summary=facts["summary"],
        markdown=body.strip(),
        official_url=facts["official_url"],
        official_title=facts["official_title"],
        relied_on=facts["relied_on"],
        publisher=facts["publisher"],
        nations=tuple(facts["nations"]),
        language=facts["language"],
        reviewed_by=facts["reviewed_by"],
    )
