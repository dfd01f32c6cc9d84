"""Taking a photograph in, beside plain Pillow that only makes the same sizes; each in a process of its own.

Time is CPU time (user and system) of the work alone, after imports; memory is the peak of the whole
process. The cases take turns, and of several rounds the best one counts.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageOps

from tests.benchmarks import variants

ROUNDS = 5
SHOTS = {"24 MP JPEG": (5712, 4284, "jpg"), "12 MP HEIC": (4032, 3024, "heic"), "24 MP HEIC": (5712, 4284, "heic")}
_WIDTHS = (1280, 640, 320, 160)


def measure() -> dict[str, float]:
    """Seconds, MB and their ratios by photograph, and beside them the figures of pages with many variants."""
    with tempfile.TemporaryDirectory() as name:
        figures: dict[str, float] = {}
        for shot in SHOTS:
            photograph = make_photograph(Path(name), shot)
            ours, plain = _best_of_turns(photograph)
            figures |= _figures(shot, ours, plain)
    return figures | variants.figures()


def make_photograph(folder: Path, shot: str) -> Path:
    """A photograph as a telephone makes it: cloth with noise, held upright (so stored lying), with EXIF."""
    width, height, ext = SHOTS[shot]
    path = folder / f"{width}.{ext}"
    cloth = Image.effect_noise((width // 12, height // 12), 80).resize((width, height), Image.Resampling.BICUBIC)
    noise = Image.effect_noise((width, height), 12)
    image = Image.merge("RGB", (Image.blend(cloth, noise, 0.2), cloth, Image.blend(cloth, noise, 0.1)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Telefon"
    if ext == "heic":
        from pillow_heif import from_pillow

        from_pillow(image.transpose(Image.Transpose.ROTATE_270)).save(path, quality=60)
    else:
        image.save(path, "JPEG", quality=90, exif=exif)
    return path


def _best_of_turns(photograph: Path) -> tuple[dict[str, float], dict[str, float]]:
    best: dict[str, dict[str, float]] = {}
    for _ in range(ROUNDS):
        for who in ("ours", "plain"):
            told = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.images", who, str(photograph)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            seen = json.loads(told.stdout)
            best[who] = {key: min(value, best.get(who, seen)[key]) for key, value in seen.items()}
    return best["ours"], best["plain"]


def _figures(shot: str, ours: dict[str, float], plain: dict[str, float]) -> dict[str, float]:
    return {
        f"{shot}: s": ours["s"],
        f"{shot}: s, plain Pillow": plain["s"],
        f"{shot}: time ratio": ours["s"] / plain["s"],
        f"{shot}: peak MB": ours["MB"],
        f"{shot}: peak MB, plain Pillow": plain["MB"],
        f"{shot}: memory ratio": ours["MB"] / plain["MB"],
        f"{shot}: memory ratio without the start": ours["MB more"] / plain["MB more"],
    }


def _take_in(photograph: Path, folder: Path) -> None:
    from catalog import images

    with photograph.open("rb") as file:
        images.store(folder, file)


def _make_sizes_plainly(photograph: Path, folder: Path) -> None:
    """Open, draft, turn, resize, encode: as a careful programmer would, and nothing else."""
    with Image.open(photograph) as opened:
        portrait = opened.getexif().get(0x0112, 1) == 6
        opened.draft("RGB", (1707, 1280) if portrait else (1280, 960))
        image = ImageOps.exif_transpose(opened)
    shape = image.height / image.width
    for width in _WIDTHS:
        image = image.resize((width, round(width * shape)), Image.Resampling.LANCZOS, reducing_gap=3.0)
        image.save(folder / f"{width}.webp", quality=78, method=2)
        image.save(folder / f"{width}.jpg", quality=82, progressive=True, optimize=True)


def _run_case(who: str, photograph: Path) -> None:
    """In the child: what both would have imported anyway is there before the clock starts."""
    import pi_heif

    import catalog.images  # noqa: F401

    pi_heif.register_heif_opener()
    Image.init()
    work = {"ours": _take_in, "plain": _make_sizes_plainly}[who]
    with tempfile.TemporaryDirectory() as name:
        start_mb, start = _peak_mb(), time.process_time()
        work(photograph, Path(name))
        seconds = time.process_time() - start
    print(json.dumps({"s": seconds, "MB": _peak_mb(), "MB more": _peak_mb() - start_mb}))


def _peak_mb() -> float:
    """The most memory since this program began (getrusage would count its parent's before that)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    _run_case(sys.argv[1], Path(sys.argv[2]))
