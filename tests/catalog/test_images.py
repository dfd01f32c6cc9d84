"""Pictures: hostile files are refused, harmless ones come out upright, bare, and in all sizes."""

import shutil
import threading
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageOps
from sqlmodel import Session, select

from catalog import images, picture_folder
from catalog.images import NoSuchPicture, Picture, StoredPicture
from catalog.photographs import NotAPicture
from catalog.products import Product
from tests.make import NOW, make_product, make_variant

ORIENTATION, GPS = 0x0112, 0x8825
CORNERS = ("red", "lime", "blue", "yellow")


def _corners(width: int = 400, height: int = 240) -> Image.Image:
    """A picture whose corners say which way is up: red, lime / blue, yellow."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for index, colour in enumerate(CORNERS):
        x, y = index % 2 * width // 2, index // 2 * height // 2
        draw.rectangle((x, y, x + width // 2 - 1, y + height // 2 - 1), fill=colour)
    return image


def _bytes(image: Image.Image, format_name: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, format_name, **options)
    return out.getvalue()


def _phone_jpeg(orientation: int = 1) -> bytes:
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes what a viewer will do
    image = _corners()
    if orientation != 1:
        image = image.transpose(Image.Transpose(turns[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "Handyhersteller GEHEIM"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 12.0, 30.0), 3: "E", 4: (13.0, 4.0, 5.0), 29: "2026:05:01"})
    return _bytes(image, exif=exif, comment=b"GEHEIM", quality=95)


def _everything_in(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and not path.name.startswith(".making")]


def _originals(media: Path) -> list[Path]:
    return [path for path in _everything_in(media) if "originals" in path.parts]


def _pixel(image: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    seen = image.convert("RGB").getpixel(place)
    assert isinstance(seen, tuple)
    return seen


def _looks_upright(image: Image.Image) -> bool:
    shown = image.convert("RGB")
    width, height = shown.size
    wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    places = [(width // 4 + i % 2 * width // 2, height // 4 + i // 2 * height // 2) for i in range(4)]
    seen = [_pixel(shown, place) for place in places]
    return all(abs(a - b) < 40 for one, two in zip(seen, wanted, strict=True) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(tmp_path: Path, orientation: int) -> None:
    stored = images.store(tmp_path, _phone_jpeg(orientation))
    images.make_sizes(tmp_path, stored.hash)
    assert (stored.width, stored.height) == (400, 240)
    for path in _everything_in(tmp_path):
        with Image.open(path) as image:
            assert _looks_upright(ImageOps.exif_transpose(image)), path.name


def test_place_and_camera_are_gone_from_original_and_sizes(tmp_path: Path) -> None:
    original = images.original_of(tmp_path, images.store(tmp_path, _phone_jpeg(6)).hash)
    files = _everything_in(tmp_path)
    assert len(files) == 1 + 2 * len(images.sizes_of(400))
    for path in files:
        with Image.open(path) as image:
            assert dict(image.getexif()) == ({ORIENTATION: 6} if path == original else {})
            assert "icc_profile" not in image.info
        assert b"GEHEIM" not in path.read_bytes()
        assert path == original or b"Exif" not in path.read_bytes()


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_other_formats_lose_their_metadata_too(tmp_path: Path, format_name: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "GEHEIM"
    stored = images.store(tmp_path, _bytes(_corners(), format_name, exif=exif))
    assert b"GEHEIM" not in images.original_of(tmp_path, stored.hash).read_bytes()


def test_bytes_appended_to_a_picture_are_not_kept(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _bytes(_corners()) + b"<script>GEHEIM</script>")
    assert b"GEHEIM" not in images.original_of(tmp_path, stored.hash).read_bytes()


def test_a_second_jpeg_appended_to_a_picture_is_not_kept(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _bytes(_corners()) + _phone_jpeg())
    assert b"GEHEIM" not in images.original_of(tmp_path, stored.hash).read_bytes()


@pytest.mark.parametrize("format_name", ["JPEG", "WEBP"])
def test_a_bare_picture_is_kept_byte_for_byte(tmp_path: Path, format_name: str) -> None:
    data = _bytes(_corners(), format_name)
    assert images.original_of(tmp_path, images.store(tmp_path, data).hash).read_bytes() == data


def test_phone_jpeg_with_a_second_picture_inside_is_taken(tmp_path: Path) -> None:
    data = _bytes(_corners(), "MPO", save_all=True, append_images=[_corners(80, 48)])
    stored = images.store(tmp_path, data)
    with Image.open(images.original_of(tmp_path, stored.hash)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (400, 240))


def test_a_profile_is_applied_or_ignored_and_spoils_no_colour(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    with_useless_profile = _bytes(_corners(), icc_profile=profile.tobytes())
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for data in (with_useless_profile, _bytes(_corners(), icc_profile=srgb), _bytes(_corners(), icc_profile=b"junk")):
        stored = images.store(tmp_path, data)
        with Image.open(images.original_of(tmp_path, stored.hash)) as kept:
            assert _looks_upright(kept)


def _strange_pictures() -> dict[str, bytes]:
    clear = _corners().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    return {
        "cmyk": _bytes(_corners().convert("CMYK")),
        "palette": _bytes(_corners().convert("P"), "PNG"),
        "palette with a clear colour": _bytes(_corners().convert("P"), "PNG", transparency=3),
        "alpha": _bytes(clear, "PNG"),
        "alpha webp": _bytes(clear, "WEBP"),
        "grey": _bytes(_corners().convert("L")),
        "grey with alpha": _bytes(clear.convert("LA"), "PNG"),
        "one bit": _bytes(_corners().convert("1"), "PNG"),
        "16 bit": _bytes(Image.new("I;16", (300, 200), 40_000), "PNG"),
        "gif": _bytes(_corners().convert("P"), "GIF"),
        "one pixel": _bytes(Image.new("RGB", (1, 1), "red"), "PNG"),
        "a line": _bytes(Image.new("RGB", (3000, 1), "red"), "PNG"),
    }


@pytest.mark.parametrize("kind", _strange_pictures())
def test_every_kind_of_picture_becomes_webp_and_jpeg(tmp_path: Path, kind: str) -> None:
    stored = images.store(tmp_path, _strange_pictures()[kind])
    images.make_sizes(tmp_path, stored.hash)
    for width in images.sizes_of(stored.width):
        for ext in images.EXTENSIONS:
            with Image.open(images.path_of(tmp_path, stored.hash, width, ext)) as image:
                assert image.width == width
                assert image.mode in ("RGB", "RGBA")


def test_16_bit_grey_keeps_its_brightness(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _strange_pictures()["16 bit"])
    with Image.open(images.original_of(tmp_path, stored.hash)) as kept:
        red = _pixel(kept, (5, 5))[0]
    assert abs(red - 40_000 // 256) <= 1


def test_clear_parts_are_white_in_the_jpeg(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _bytes(Image.new("RGBA", (200, 200), (255, 0, 0, 0)), "PNG"))
    images.make_sizes(tmp_path, stored.hash)
    with Image.open(images.path_of(tmp_path, stored.hash, 160, "jpg")) as image:
        assert min(_pixel(image, (80, 80))) > 250


def _png_bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "nothing": (b"", "leer"),
    "an svg renamed": (SVG, "kein Bild"),
    "html": (b"<!doctype html><script>", "kein Bild"),
    "a tiff": (_bytes(_corners(), "TIFF"), "kein Bild"),
    "a postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "kein Bild"),
    "cut off jpeg": (_bytes(_corners(1200, 900), quality=95)[:9000], "beschädigt"),
    "cut off png": (_bytes(_corners(1200, 900), "PNG")[:900], "beschädigt"),
    "cut off webp": (_bytes(Image.effect_noise((400, 300), 60), "WEBP")[:3000], ""),
    "only a jpeg's head": (b"\xff\xd8\xff\xe0", "kein Bild"),
    "a small bomb": (_png_bomb(8000, 7000), "50 Millionen"),
    "a bomb": (_png_bomb(12_000, 9_000), "50 Millionen"),
    "a large bomb": (_png_bomb(30_000, 30_000), "50 Millionen"),
    "an iphone's heic": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "beschädigt"),
    "too heavy": (b"\xff\xd8" + b"\0" * (40 * 1024 * 1024), "40 MB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_sound_picture_is_refused_with_a_sentence(tmp_path: Path, kind: str) -> None:
    data, word = HOSTILE[kind]
    with pytest.raises(NotAPicture) as refusal:
        images.store(tmp_path, data)
    assert word in refusal.value.sentence
    assert "Bitte" in refusal.value.sentence
    assert _everything_in(tmp_path) == []


def test_truth_is_in_the_bytes_and_not_in_the_name(tmp_path: Path) -> None:
    stored = images.store(tmp_path, BytesIO(_bytes(_corners(), "PNG")))
    assert images.original_of(tmp_path, stored.hash).suffix == ".png"


def test_the_same_file_twice_is_one_picture(tmp_path: Path) -> None:
    data = _phone_jpeg(6)
    assert images.store(tmp_path, data) == images.store(tmp_path, data)
    assert len(_originals(tmp_path)) == 1


def test_two_at_once_store_one_whole_file(tmp_path: Path) -> None:
    data, results = _phone_jpeg(8), []
    threads = [threading.Thread(target=lambda: results.append(images.store(tmp_path, data))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1
    assert len(results) == 4
    assert len(_originals(tmp_path)) == 1
    assert [path for path in _everything_in(tmp_path) if path.name.startswith(".")] == []


def test_sizes_are_made_once_largest_first(tmp_path: Path) -> None:
    stored = images.store(tmp_path, _bytes(_corners(1500, 900)))
    assert images.make_sizes(tmp_path, stored.hash) == ()
    shutil.rmtree(tmp_path / "sizes")
    assert images.make_sizes(tmp_path, stored.hash) == (1280, 640, 320, 160)
    images.path_of(tmp_path, stored.hash, 320, "jpg").unlink()
    assert images.make_sizes(tmp_path, stored.hash) == (320,)


@given(st.integers(min_value=1, max_value=60_000))
def test_sizes_ascend_and_never_enlarge(width: int) -> None:
    sizes = images.sizes_of(width)
    assert list(sizes) == sorted(set(sizes))
    assert sizes[-1] == min(width, images.WIDTHS[-1])
    assert set(sizes[:-1]) <= set(images.WIDTHS)


@given(st.integers(min_value=1, max_value=5000), st.integers(min_value=1, max_value=5000))
def test_a_wish_is_served_by_an_existing_size(width: int, wanted: int) -> None:
    assert images.size_for(width, wanted) in images.sizes_of(width)


@pytest.mark.parametrize(
    ("picture_hash", "width", "ext"),
    [("../" * 20 + "etc", 320, "jpg"), ("A" * 64, 320, "jpg"), ("a" * 63, 320, "jpg"), ("a" * 64 + "\n", 320, "jpg"),
     ("a" * 64, 0, "jpg"), ("a" * 64, 99_999, "jpg"), ("a" * 64, 320, "php"), ("a" * 64, 320, "../x")],
)  # fmt: skip
def test_an_address_cannot_leave_the_folder(tmp_path: Path, picture_hash: str, width: int, ext: str) -> None:
    with pytest.raises(NoSuchPicture):
        images.path_of(tmp_path, picture_hash, width, ext)


def _stored(name: str = "a") -> StoredPicture:
    return StoredPicture(name * 64, 900, 600)


def _attach(session: Session, product: Product, stored: StoredPicture, alt: str = "") -> Picture:
    assert product.id is not None
    return images.attach(session, product.id, stored, alt=alt, now=NOW)


def _hashes(session: Session, product: Product) -> str:
    pictures = images.of(session, [product.id or 0]).get(product.id or 0, [])
    return "".join(picture.hash[0] for picture in pictures)


def test_a_picture_hangs_once_and_the_page_is_stale(session: Session) -> None:
    product = make_product(session)
    session.refresh(product)
    version = product.version
    first = _attach(session, product, _stored(), "Jersey")
    again = _attach(session, product, _stored(), "anders")
    session.refresh(product)
    assert (again.id, again.alt, product.version) == (first.id, "Jersey", version + 1)


def test_product_and_variant_may_show_the_same_picture(session: Session) -> None:
    variant = make_variant(session)
    images.attach(session, variant.product_id, _stored(), alt="", now=NOW)
    images.attach(session, variant.product_id, _stored(), alt="", variant_id=variant.id, now=NOW)
    assert len(session.exec(select(Picture).where(Picture.product_id == variant.product_id)).all()) == 2


def test_pictures_keep_the_order_that_the_owner_gives_them(session: Session) -> None:
    product = make_product(session)
    ids = {name: _attach(session, product, _stored(name)).id or 0 for name in "abc"}
    assert _hashes(session, product) == "abc"
    images.reorder(session, product.id or 0, [ids["c"], ids["a"]], NOW)
    assert _hashes(session, product) == "cab"


def test_a_detached_picture_is_gone_and_alt_can_be_said_later(session: Session) -> None:
    product = make_product(session)
    picture = _attach(session, product, _stored("a"))
    other = _attach(session, product, _stored("b"))
    images.detach(session, picture, NOW)
    images.set_alt(session, other, " Eichhörnchen ", NOW)
    assert (_hashes(session, product), other.alt) == ("b", "Eichhörnchen")


def test_the_worker_learns_what_sizes_are_missing(session: Session, tmp_path: Path) -> None:
    product = make_product(session)
    stored = images.store(tmp_path, _bytes(_corners()))
    _attach(session, product, stored)
    assert images.missing(session, tmp_path) == []
    shutil.rmtree(tmp_path / "sizes")
    assert images.missing(session, tmp_path) == [stored.hash]
    images.make_sizes(tmp_path, stored.hash)
    assert images.missing(session, tmp_path) == []


def _fill_folder(folder: Path) -> None:
    folder.mkdir()
    names = ("JER-001.jpg", "jer-001-2.JPG", "jersey-waldtiere_3.png", "Merino 01 (2).jpg", "urlaub.jpg")
    for number, name in enumerate(names):
        format_name = "PNG" if name.endswith("png") else "JPEG"
        (folder / name).write_bytes(_bytes(_corners(200 + number, 100), format_name))
    (folder / "jer-001-4.jpg").write_bytes(SVG)
    (folder / "Notizen.txt").write_text("kein Bild")


def test_a_folder_finds_its_goods_by_number_and_address(session: Session, tmp_path: Path) -> None:
    jersey = make_variant(session, make_product(session, "Jersey Waldtiere"), sku="JER-001")
    yarn = make_product(session, "Merino")
    shades = [make_variant(session, yarn, sku=f"MERINO-0{n}", options=[("Farbe", f"Ton {n}", "")]) for n in (1, 2)]
    _fill_folder(tmp_path / "bilder")
    planned = picture_folder.plan(session, tmp_path / "bilder")
    found = [(match.path.name, match.target.product_id, match.target.variant_id) for match in planned.matched]
    assert found == [
        ("JER-001.jpg", jersey.product_id, None),
        ("jer-001-2.JPG", jersey.product_id, None),
        ("jersey-waldtiere_3.png", jersey.product_id, None),
        ("Merino 01 (2).jpg", yarn.id, shades[0].id),
    ]
    assert planned.matched[3].target.alt == "Merino, Ton 1"
    assert [path.name for path in planned.unmatched] == ["urlaub.jpg"]
    assert [path.name for path, _ in planned.refused] == ["jer-001-4.jpg"]


def test_a_second_run_over_the_folder_changes_nothing(session: Session, tmp_path: Path) -> None:
    make_variant(session, make_product(session, "Jersey Waldtiere"), sku="JER-001")
    _fill_folder(tmp_path / "bilder")
    runs = [
        picture_folder.apply(session, tmp_path, picture_folder.plan(session, tmp_path / "bilder"), NOW)
        for _ in range(2)
    ]
    assert [(run.added, run.unchanged) for run in runs] == [(3, 0), (0, 3)]
