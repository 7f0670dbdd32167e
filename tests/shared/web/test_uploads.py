"""Files people hand in: known by content, freed of where they were taken, named harmlessly, within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.web.filetypes import JPEG, PDF, PNG, WEBP, FileRefused, known
from shared.web.limits import MOST_BYTES, takes_uploads
from shared.web.signin import Staff, acting
from shared.web.uploads import LARGEST_FILE, MOST_FILES, clean_name, given_out, read_uploads, with_ending
from tests.shared.web.pictures import a_jpeg, a_png, a_webp

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GPS = b"GPS 31.2304N 121.4737E"


def a_zip() -> bytes:
    """An office file's outer form."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<w/>")
    return held.getvalue()


@pytest.mark.parametrize(("data", "media"), [(A_PDF, PDF), (a_jpeg(), JPEG), (a_png(), PNG), (a_webp(), WEBP)])
def test_the_four_kinds_are_known_by_what_is_in_them(data: bytes, media: str) -> None:
    assert known(data).media == media


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "是空的"), (a_zip(), "不能上传"), (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "SVG"), (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
        (b"  <html>", "网页"), (b"MZ\x90\x00" + bytes(200), "不能上传"), (b"just some text", "不能上传"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"), (b"GIF89a" + bytes(40), "不能上传"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不能上传"), (bytes(50), "不能上传"),
    ],
)
def test_what_is_none_of_them_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        known(data)


@pytest.mark.parametrize("whole", [a_jpeg(), a_png(), a_webp(), A_PDF])
def test_a_file_cut_short_is_refused_wherever_it_is_cut(whole: bytes) -> None:
    for end in range(1, len(whole) - 1):
        if whole[:end].rstrip().endswith(b"%%EOF"):
            continue
        with pytest.raises(FileRefused):
            known(whole[:end])


@pytest.mark.parametrize("data", [a_jpeg(exif=GPS), a_png(text=GPS), a_webp(exif=GPS)])
def test_where_a_picture_was_taken_is_not_kept(data: bytes) -> None:
    assert GPS in data
    kept = known(data).data
    assert GPS not in kept and known(kept).data == kept


@pytest.mark.parametrize("data", [a_jpeg(), a_png(), a_webp()])
def test_what_hangs_behind_a_picture_is_cut_off(data: bytes) -> None:
    assert known(data + a_zip()).data == known(data).data
    assert known(data + b"<script>alert(1)</script>").data == known(data).data


@pytest.mark.parametrize("way", range(1, 9))
def test_a_photo_stays_as_it_was_turned(way: int) -> None:
    kept = known(a_jpeg(turned=way)).data
    assert (kept[2:4] == b"\xff\xe1") == (way != 1)
    assert known(a_jpeg(turned=way, big_endian=True)).data == kept


def test_a_picture_of_enormous_sides_is_refused() -> None:
    for bomb in (a_png(width=50_000, height=1), a_png(height=0), a_jpeg(width=60_000)):
        with pytest.raises(FileRefused):
            known(bomb)


def test_a_png_that_begins_with_another_chunk_is_broken() -> None:
    body = b"tEXtx\0y"
    chunk = struct.pack(">I", 3) + body + struct.pack(">I", zlib.crc32(body))
    with pytest.raises(FileRefused):
        known(a_png()[:8] + chunk + a_png()[8:])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\scan\\证明 一.pdf", "证明 一.pdf"), ("\u202egpj.exe", "gpj.exe"), ("", "附件"), ("...", "附件"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"), ("%2e%2e%2fx", "2e2e2fx"), ("照片😀.jpg", "照片😀.jpg"), ("\ud800", "附件"),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_name_ends_as_what_the_file_is() -> None:
    assert with_ending("扫描.exe", PDF) == "扫描.pdf" and with_ending(".pdf", PNG) == "附件.png" and with_ending("a", JPEG) == "a.jpg"


def test_a_file_is_given_out_to_keep_and_never_to_run() -> None:
    answer = given_out(A_PDF, PDF, "证明;a.pdf")
    assert answer.headers["content-disposition"].startswith("attachment;") and "%E8%AF%81" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff" and "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == PDF and answer.headers["cache-control"] == "no-store"
    assert given_out(a_png(), PNG, "x.png", inline=True).headers["content-disposition"].startswith("inline;")


Analyst = Annotated[Staff, acting("TR")]


@pytest.fixture
async def sending(site: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The small site with one form for files and one for none."""

    @site.post(takes_uploads("/sample/{case}/files"))
    async def hand_in(request: Request, case: str, _staff: Analyst) -> dict[str, Any]:
        files, faults = await read_uploads(request, "files")
        return {"case": case, "names": [file.name for file in files], "faults": [fault.message for fault in faults]}

    @site.post("/sample/plain")
    async def plain(request: Request, _staff: Analyst) -> dict[str, Any]:
        async with request.form() as form:
            return {"fields": len(form)}

    headers = {"authorization": "Bearer correct-horse-battery", "x-staff": "s001-tr1"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://localhost", headers=headers) as client:
        yield client


def files(*contents: bytes, name: str = "a.pdf") -> list[tuple[str, tuple[str, bytes]]]:
    """Files as a browser sends them."""
    return [("files", (name, content)) for content in contents]


async def test_good_files_are_read_and_each_bad_one_gets_its_sentence(sending: httpx.AsyncClient) -> None:
    answer = (await sending.post("/sample/PT1/files", files=files(A_PDF, b"MZ" + bytes(90), a_png(), name="../扫 描.exe"))).json()
    assert answer["names"] == ["扫 描.pdf", "扫 描.png"] and answer["case"] == "PT1"
    assert len(answer["faults"]) == 1 and answer["faults"][0].startswith("第 2 个文件没有收下")


async def test_an_empty_field_for_files_is_no_file(sending: httpx.AsyncClient) -> None:
    assert (await sending.post("/sample/PT1/files", files=[("files", ("", b""))])).json()["faults"] == []


async def test_more_than_five_and_more_than_five_megabytes_are_refused(sending: httpx.AsyncClient) -> None:
    many = (await sending.post("/sample/PT1/files", files=files(*[A_PDF] * (MOST_FILES + 1)))).json()
    assert len(many["names"]) == MOST_FILES and "最多 5 个" in many["faults"][0]
    large = (await sending.post("/sample/PT1/files", files=files(A_PDF + bytes(LARGEST_FILE)))).json()
    assert large["names"] == [] and "超过 5 MB" in large["faults"][0]


async def test_only_a_form_with_files_to_a_marked_path_may_be_large(sending: httpx.AsyncClient) -> None:
    large = bytes(MOST_BYTES + 1)
    assert (await sending.post("/sample/PT1/files", files=files(large))).status_code == 200
    assert (await sending.post("/sample/plain", files=files(large))).status_code == 413
    assert (await sending.post("/sample/PT1/files", content=large)).status_code == 413
    assert (await sending.post("/sample/PT1/files/more", files=files(large))).status_code == 413
    assert (await sending.post("/sample/PT1/files", files=files(*[bytes(LARGEST_FILE)] * 6))).status_code == 413
