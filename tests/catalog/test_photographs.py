"""Telephones' photographs: HEIC and AVIF come in upright, a JPEG keeps its pixels, and nothing hidden survives."""

import io
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from catalog import bare_jpeg, colour_profile, darkroom, images, photographs
from catalog.photographs import NotAPicture
from tests.catalog.test_images import GPS, ORIENTATION, _bytes, _corners, _everything_in, _looks_upright, _phone_jpeg

SECRET = b"GEHEIM-51.0504N"


def _secret_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0xA431] = "GEHEIM-SERIENNUMMER"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 3.0, 1.0), 0x1D: SECRET.decode()})
    return exif


def _heic(image: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=90, **options)
    return out.getvalue()


def _turned_heic(orientation: int) -> bytes:
    """As a telephone writes it: the pixels as the sensor lay, and a box (irot, imir) that says how to turn them."""
    undone = {1: None, 3: 3, 6: 2, 8: 4, 2: 0, 4: 1, 5: 5, 7: 6}[orientation]
    image = _corners() if undone is None else _corners().transpose(Image.Transpose(undone))
    return _heic(image, exif=_secret_exif(orientation).tobytes())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_comes_out_upright_and_bare(tmp_path: Path, orientation: int) -> None:
    data = _turned_heic(orientation)
    assert b"GEHEIM" in data
    stored = images.store(tmp_path, data)
    assert (stored.width, stored.height) == (400, 240)
    for path in _everything_in(tmp_path):
        with Image.open(path) as image:
            assert _looks_upright(image), path.name
            assert dict(image.getexif()) == {}
        assert b"GEHEIM" not in path.read_bytes()


def test_a_large_heic_is_kept_as_a_jpeg_of_sensible_size(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _heic(_corners(4032, 3024)))
    with Image.open(images.original_of(tmp_path, stored.hash)) as kept:
        assert kept.format == "JPEG"
        assert kept.size == (2016, 1512)
        assert _looks_upright(kept)


@pytest.mark.parametrize(("width", "height"), [(2600, 700), (700, 2600), (3000, 2900), (6001, 4001), (80, 5000)])
def test_heic_of_any_shape_is_reduced_without_a_seam(tmp_path: Path, width: int, height: int) -> None:
    even = _heic(_corners(width, height))
    with Image.open(images.original_of(tmp_path, images.store(tmp_path, even).hash)) as kept:
        assert max(kept.size) <= photographs.KEPT_EDGE
        assert abs(kept.width / kept.height / (width / height) - 1) < 0.03
        assert _looks_upright(kept)


def test_avif_comes_in_upright_and_bare(tmp_path: Path) -> None:
    lying = _corners().transpose(Image.Transpose.ROTATE_90)
    stored = images.store(tmp_path, _bytes(lying, "AVIF", exif=_secret_exif(6), quality=90))
    for path in _everything_in(tmp_path):
        with Image.open(path) as image:
            assert (image.format, _looks_upright(image)) == ({".jpg": "JPEG", ".webp": "WEBP"}[path.suffix], True)
        assert b"GEHEIM" not in path.read_bytes()
    assert images.original_of(tmp_path, stored.hash).suffix == ".jpg"


def test_a_clear_avif_stays_clear(tmp_path: Path) -> None:
    clear = _corners().convert("RGBA")
    clear.putalpha(120)
    stored = images.store(tmp_path, _bytes(clear, "AVIF"))
    assert (images.original_of(tmp_path, stored.hash).suffix, stored.colour) == (".webp", "none")


def test_a_jpeg_keeps_its_pixels_byte_for_byte(tmp_path: Path) -> None:
    data = _phone_jpeg(6)
    kept = images.original_of(tmp_path, images.store(tmp_path, data).hash).read_bytes()
    scan = data[data.index(b"\xff\xda") :]
    assert kept.endswith(scan)
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes()


def _hiding_jpeg() -> bytes:
    """A JPEG with a secret in every place where one can be: notes, previews, maker's segments, behind its end."""
    plain = _bytes(_corners(), exif=_secret_exif(3), comment=SECRET, quality=90, progressive=True)
    hidden = b"".join(
        b"\xff" + bytes((marker,)) + (len(SECRET) + 2 + len(name)).to_bytes(2, "big") + name + SECRET
        for marker, name in [
            (0xE0, b"JFXX\0"), (0xE0, b"JFIF\0" + b"\1\1\0\0\1\0\1\5\5"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
            (0xE2, b"MPF\0"), (0xE3, b"META"), (0xEB, b"JUMBF"), (0xED, b"Photoshop 3.0\0"), (0xEF, b""), (0xFE, b""),
        ]
    )  # fmt: skip
    second_scan = plain.index(b"\xff\xda", plain.index(b"\xff\xda") + 2)
    between = plain[2:second_scan] + hidden + plain[second_scan:]
    return plain[:2] + hidden + b"stray " + SECRET + between + SECRET + _bytes(_corners(), comment=SECRET)


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO:UserWarning")
def test_no_secret_survives_wherever_it_hides(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _hiding_jpeg())
    assert (stored.width, stored.height) == (400, 240)
    for path in _everything_in(tmp_path):
        assert b"GEHEIM" not in path.read_bytes(), path.name
        with Image.open(path) as image:
            assert set(image.getexif()) <= {ORIENTATION}


def test_a_profile_keeps_its_colours_and_loses_its_owner(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    named = profile.replace(b"s\0R\0G\0B", b"G\0E\0H\0E")
    assert named != profile
    stored = images.store(tmp_path, _bytes(_corners(), icc_profile=named))
    kept = images.original_of(tmp_path, stored.hash)
    assert b"G\0E\0H\0E" not in kept.read_bytes()
    with Image.open(kept) as image:
        essential = image.info["icc_profile"]
        assert _looks_upright(image)
    ImageCms.profileToProfile(_corners(), BytesIO(essential), ImageCms.createProfile("sRGB"))


@given(st.binary(max_size=400))
def test_any_bytes_as_a_profile_do_no_harm(data: bytes) -> None:
    assert isinstance(colour_profile.essential(data), bytes)
    assert isinstance(colour_profile.essential(bytes(128) + (3).to_bytes(4, "big") + data), bytes)


JPEG, HEIC = _bytes(_corners(120, 80), exif=_secret_exif(6)), _heic(_corners(120, 80))


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow grumbles about the metadata
@settings(max_examples=150, deadline=None)
@given(st.sampled_from([JPEG, HEIC]), st.integers(0, 10**6), st.binary(min_size=1, max_size=6))
def test_a_damaged_file_is_a_picture_or_a_refusal(data: bytes, place: int, noise: bytes) -> None:
    place %= len(data)
    damaged = data[:place] + noise + data[place + len(noise) :]
    with suppress(NotAPicture):
        assert photographs.develop(BytesIO(damaged), BytesIO(), 1280).picture.mode in ("RGB", "RGBA")


@pytest.mark.parametrize("data", [JPEG, HEIC], ids=["jpeg", "heic"])
def test_a_file_that_ends_early_is_refused_and_nothing_is_kept(tmp_path: Path, data: bytes) -> None:
    for length in range(40, len(data) - 2, max(1, len(data) // 25)):
        with pytest.raises(NotAPicture):
            images.store(tmp_path, data[:length])
    assert _everything_in(tmp_path) == []


def test_a_heic_that_claims_to_be_huge_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    size = HEIC.index(b"ispe") + 8
    huge = HEIC[:size] + (30_000).to_bytes(4, "big") * 2 + HEIC[size + 8 :]
    with pytest.raises(NotAPicture) as refusal:
        images.store(tmp_path, huge)
    assert "50 Millionen" in refusal.value.sentence or "beschädigt" in refusal.value.sentence


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"\0\0\0\x20ftypheic" + b"<svg onload=alert(1)>" * 9, "beschädigt"), (b"\0\0\0\x20ftypavif" + bytes(90), "Bild"),
     (b"\0\0\0\x20ftypisom" + bytes(90), "kein Bild")],
)  # fmt: skip
def test_a_mislabelled_file_gets_a_sentence(tmp_path: Path, data: bytes, word: str) -> None:
    with pytest.raises(NotAPicture) as refusal:
        images.store(tmp_path, data)
    assert word in refusal.value.sentence


def test_a_full_disk_is_no_damaged_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        images.store(tmp_path, JPEG)
    assert _everything_in(tmp_path) == []


def test_the_colour_is_mixed_in_light_and_not_in_numbers(tmp_path: Path) -> None:
    stripes = Image.new("RGB", (320, 160), "white")
    for x in range(0, 320, 2):
        stripes.paste("black", (x, 0, x + 1, 160))
    grey = images.store(tmp_path, _bytes(stripes, "PNG")).colour
    plain = images.store(tmp_path, _bytes(Image.new("RGB", (300, 200), "#a8430b"), "PNG")).colour
    assert abs(int(grey[1:3], 16) - 128) < 70
    assert all(abs(int(plain[i : i + 2], 16) - want) <= 4 for i, want in ((1, 0xA8), (3, 0x43), (5, 0x0B)))


@given(st.binary(max_size=300), st.integers(1, 8))
def test_the_scan_is_copied_as_it_is(noise: bytes, orientation: int) -> None:
    scan = noise.replace(b"\xff", b"\xff\x00") + b"\xff\xd0" + bytes(3)
    jpeg = b"\xff\xd8\xff\xda\x00\x04ab" + scan + b"\xff\xd9" + SECRET
    out = BytesIO()
    bare_jpeg.copy(BytesIO(jpeg), out, orientation=orientation)
    assert out.getvalue().endswith(b"\xff\xda\x00\x04ab" + scan + b"\xff\xd9")


def test_a_marker_is_found_where_the_reading_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in range(2, 40):
        monkeypatch.setattr(bare_jpeg, "_CHUNK", chunk)
        out = io.BytesIO()
        bare_jpeg.copy(BytesIO(JPEG), out, orientation=6)
        with Image.open(BytesIO(out.getvalue())) as bare, Image.open(BytesIO(JPEG)) as before:
            assert ImageOps.exif_transpose(bare).tobytes() == ImageOps.exif_transpose(before).tobytes()


def test_two_have_room_and_a_large_one_is_alone(tmp_path: Path) -> None:
    heavy = photographs.must_be_alone(BytesIO(_bytes(Image.new("RGB", (4000, 3000)), progressive=True)))
    light = photographs.must_be_alone(BytesIO(_bytes(Image.new("RGB", (4000, 3000)))))
    assert (heavy, light) == (False, False)
    assert photographs.must_be_alone(BytesIO(_bytes(Image.new("RGB", (6000, 4000)), progressive=True)))
    assert not photographs.must_be_alone(BytesIO(_bytes(Image.new("RGB", (6000, 4000)))))
    with darkroom.place(tmp_path), darkroom.place(tmp_path):
        pass
