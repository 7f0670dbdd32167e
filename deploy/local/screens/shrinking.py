"""A picture with few colours as a palette PNG, a third of the size; the browser that took it does the counting."""

from __future__ import annotations

from base64 import b64decode, b64encode
from struct import pack
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from playwright.async_api import Page

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colours that stand nearest to each other are one; the 256 most used stay, each other one becomes its nearest of them.
REDUCE = """async (picture) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = new OffscreenCanvas(width, height), brush = canvas.getContext("2d");
  brush.drawImage(image, 0, 0);
  const dots = new Uint32Array(brush.getImageData(0, 0, width, height).data.buffer), uses = new Map();
  for (const dot of dots) { const colour = dot & 0xffffff; uses.set(colour, (uses.get(colour) || 0) + 1); }
  const kept = [...uses.entries()].sort((one, other) => other[1] - one[1]).slice(0, 256).map((entry) => entry[0]);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255], spread = kept.map(parts), place = new Map();
  for (const colour of uses.keys()) {
    const [red, green, blue] = parts(colour);
    let best = 0, least = Infinity;
    spread.forEach((held, number) => {
      const far = (held[0] - red) ** 2 + (held[1] - green) ** 2 + (held[2] - blue) ** 2;
      if (far < least) { least = far; best = number; }
    });
    place.set(colour, best);
  }
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      rows[row * (width + 1) + column + 1] = place.get(dots[row * width + column] & 0xffffff);
  const packed = new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate")));
  const bytes = new Uint8Array(await packed.arrayBuffer());
  let text = "";
  for (let from = 0; from < bytes.length; from += 32768) text += String.fromCharCode(...bytes.subarray(from, from + 32768));
  return [width, height, spread.flat(), btoa(text)];
}"""


async def shrunk(page: Page, picture: bytes) -> bytes:
    """The same picture in at most 256 colours; the picture itself where that is no smaller."""
    width, height, colours, packed = await page.evaluate(REDUCE, b64encode(picture).decode())
    parts = (
        _chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), _chunk(b"PLTE", bytes(colours)),
        _chunk(b"IDAT", b64decode(packed)), _chunk(b"IEND", b""),
    )
    made = SIGNATURE + b"".join(parts)
    return made if len(made) < len(picture) else picture


def _chunk(name: bytes, held: bytes) -> bytes:
    return pack(">I", len(held)) + name + held + pack(">I", crc32(name + held))
