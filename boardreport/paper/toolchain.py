"""What decides a paper's bytes beside its content: on the same toolchain they can be made anew."""

import ctypes
import hashlib
import json
import zlib
from functools import cache
from importlib.metadata import version
from platform import python_version

from django.conf import settings

from boardreport.charts import fonts

PACKAGES = (
    "weasyprint",
    "pydyf",
    "tinycss2",
    "tinyhtml5",
    "pyphen",
    "fonttools",
    "pikepdf",
    "plotly",
    "django",
)
FONTS = ("source-sans", "source-serif")
SOURCES = (
    "static/paper.css",
    "static/fonts.conf",
    "templates/paper.html",
    "templates/parts/*.html",
    "boardreport/paper.py",
    "boardreport/pagination.py",
    "boardreport/traces.py",
    "boardreport/templatetags/content.py",
    "boardreport/charts/*.py",
)


@cache
def toolchain() -> str:
    """Every version that decides the bytes of a paper and of its charts, on one line."""
    named = [f"{package} {version(package)}" for package in PACKAGES]
    named += [
        f"pango {_pango()}",
        f"python {python_version()}",
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
    ]
    named += [f"{font} {_npm_version(font)}" for font in FONTS]
    named.append(f"liberation-sans {fonts.revision(fonts.ARIAL)}")
    return ", ".join([*named, f"pages {_sources()}"])


def _pango() -> str:
    try:
        library = ctypes.CDLL("libpango-1.0.so.0")
    except OSError:
        return "missing"
    library.pango_version_string.restype = ctypes.c_char_p
    return str(library.pango_version_string().decode())


def _npm_version(package: str) -> str:
    path = settings.BASE_DIR / "node_modules" / package / "package.json"
    return str(json.loads(path.read_text())["version"]) if path.exists() else "missing"


def _sources() -> str:
    """The stylesheet, templates and code that set the pages, as the first digits of their hash."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
