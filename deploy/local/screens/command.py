"""`./bancheng screenshots`: a stack of its own, every scene, a folder of pictures with a listing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from deploy.local.faults import StackError
from deploy.local.keys import for_data
from deploy.local.platforms import sandboxed
from deploy.local.rehearsal.running import own_stack
from deploy.local.screens.chromium import find_chromium, launched
from deploy.local.screens.scenes import SCENES
from deploy.local.screens.staging import staged
from deploy.local.screens.taking import Album, Photographer
from deploy.local.system import Places
from shared.district.loading import load_district

TITLES = {"light": "An ordinary morning", "dense": "A crowded one", "empty": "Before anybody came", "papers": "Official papers"}
UPLOADING = ("light",)  # here both platforms' sandbox twins answer
HEAD = "# Every page and paper\n\nMade by `./bancheng screenshots`; do not edit. Names and numbers in the pictures are made up.\n"


async def take_screenshots(out: Path, scenes: Sequence[str], district: Path, say: Callable[[str], None]) -> int:
    """Takes every picture of these scenes into `out`; 0 when all could be taken, else raises StackError."""
    find_chromium()
    rules, album = load_district(district), Album(out.resolve())
    album.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bancheng-screens-") as folder:
        async with own_stack(Path(folder) / "log", quiet=True) as (stack, _), launched() as browser:
            for scene in scenes:
                say(f"── {scene}")
                album.seen.clear()
                places = Places(stack.kafka, stack.mongo_uri, prefix=f"s{token_hex(4)}-")
                reached = sandboxed(rules) if scene in UPLOADING else None
                async with staged(places, rules, for_data(Path(folder) / scene), SCENES[scene](), platforms=reached) as stage:
                    if stage.played.failures:
                        raise StackError("\n".join(stage.played.failures))
                    await Photographer(browser, stage, scene, album).everything()
    _write_listing(album)
    if album.failures:
        raise StackError("\n".join(album.failures))
    size = sum(path.stat().st_size for path in album.folder.glob("*.png"))
    say(f"{len(album.shown)} 张图，{size / 1e6:.1f} MB：{album.folder}")
    return 0


def _write_listing(album: Album) -> None:
    """docs/pages/README.md: what each picture shows, scene by scene; scenes not taken this time stay as they were."""
    there = album.folder / "README.md"
    taken = {TITLES[scene]: _section(album, scene) for scene in dict.fromkeys(scene for scene, _, _ in album.shown)}
    sections = _sections(there.read_text(encoding="utf-8") if there.exists() else "") | taken
    ordered = [sections[title] for title in TITLES.values() if title in sections]
    there.write_text("\n".join([HEAD, *ordered]), encoding="utf-8")


def _section(album: Album, scene: str) -> str:
    rows = [f"| [{name}]({name}) | {words} |" for held, name, words in album.shown if held == scene]
    return "\n".join([f"## {TITLES[scene]}", "", "| picture | shows |", "|---|---|", *rows, ""])


def _sections(text: str) -> dict[str, str]:
    """Each section of a listing by its title."""
    parts = [part for part in text.split("## ")[1:] if part]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}
