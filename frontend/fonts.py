"""Cut our serif: Noto Serif CJK SC Bold with only the characters of headings.txt.

Needs Debian's fonts-noto-cjk and fontTools with brotli (``pip install -e .[dev]``). Writes the
font and the list of its characters that ``heading_font`` reads. ``--check`` only compares the
list; ``--report`` names the headings in templates that the font does not cover yet.
"""

import re
import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "gongyu"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
SIMPLIFIED = 2  # the face inside the collection
FONT = PACKAGE / "static/fonts/gongyu-serif-bold.woff2"
GLYPHS = PACKAGE / "core/templatetags/_glyphs.py"
LIMIT = 60_000


def characters() -> str:
    lines = (HERE / "headings.txt").read_text(encoding="utf-8").splitlines()
    return "".join(sorted({c for line in lines if not line.startswith("#") for c in line}))


def listing(chars: str) -> str:
    rows = [chars[i : i + 40] for i in range(0, len(chars), 40)]
    body = "\n".join(f"    {row!r}".replace("'", '"') for row in rows)
    title = "Characters of our heading font; written by frontend/fonts.py."
    return f'"""{title}"""\n\nGLYPHS = frozenset(\n{body}\n)\n'


def cut(chars: str) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.font_number = SIMPLIFIED
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = False
    options.name_IDs = [1, 2]
    options.recalc_timestamp = False
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    font = subset.load_font(str(SOURCE), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=chars)
    cutter.subset(font)
    FONT.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(FONT), options)


def report(chars: str) -> None:
    heading = re.compile(
        r'<c-(?:page-header|trouble)[^>]*?\btitle="((?:\{%.*?%\}|[^"])*)"|font-display[^>]*>(.*?)</'
    )
    for path in sorted(PACKAGE.rglob("*.html")):
        for first, second in heading.findall(path.read_text(encoding="utf-8")):
            words = re.sub(r"\{%\s*\w+|[%{}<>]|[A-Za-z_.|:]+", "", first or second)
            if missing := "".join(sorted({c for c in words if ord(c) > 127} - set(chars))):
                print(f"{path.relative_to(PACKAGE)}: {(first or second)[:60]} needs {missing}")


def main() -> None:
    chars = characters()
    if "--report" in sys.argv:
        report(chars)
        return
    text = listing(chars)
    if "--check" in sys.argv:
        if not FONT.exists() or GLYPHS.read_text(encoding="utf-8") != text:
            sys.exit("headings.txt changed: run python frontend/fonts.py and commit the result.")
        return
    cut(chars)
    GLYPHS.write_text(text, encoding="utf-8")
    size = FONT.stat().st_size
    print(f"{len(chars)} characters, {size} bytes")
    if size > LIMIT:
        sys.exit(f"The font is over {LIMIT} bytes: leave characters out of headings.txt.")


if __name__ == "__main__":
    main()
