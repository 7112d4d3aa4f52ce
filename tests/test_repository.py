"""The repository tests itself: its laws, its locks, its README, its templates, its manners."""

import ast
import inspect
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import views as auth_views
from django.core.management import call_command, get_commands, load_command_class
from django.template import engines
from django.template.loader import get_template
from packaging.requirements import Requirement

from units.registry import registered_units

TOP = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
ALLOWED_AT_TOP = set(
    "manage.py boardreport units templates static fixtures tests pyproject.toml README.md LICENSE "
    "requirements.lock requirements-dev.lock .python-version package.json package-lock.json .npmrc "
    "Makefile .ci .gitignore".split()
)
NOT_OURS = {".git"} | {
    line.strip("/ ") for line in (TOP / ".gitignore").read_text().splitlines() if line.strip()
}
LOCKS = ("requirements.lock", "requirements-dev.lock")
DJANGOS_OWN_NAMES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def files(directory: Path = TOP) -> Iterator[Path]:
    """Every file of the project; nothing that is installed, built or cached."""
    for path in sorted(directory.iterdir()):
        if path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python module of the project, parsed, by its path; migrations excepted."""
    return {
        str(path.relative_to(TOP)): ast.parse(path.read_text())
        for path in files()
        if path.suffix == ".py" and "migrations" not in path.parts
    }


def text_files() -> Iterator[tuple[str, str]]:
    """The path and text of every file that is text."""
    for path in files():
        try:
            yield str(path.relative_to(TOP)), path.read_text()
        except UnicodeDecodeError:
            continue


# The laws of the house


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the contracts in a directory."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=directory, capture_output=True, text=True, check=False
    )


def test_the_laws_of_the_house_hold() -> None:
    found = lint_imports(TOP)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_laws_of_the_house_know_no_exception() -> None:
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        assert not [option for option in contract if "ignore" in option], contract["name"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The skeleton of a house with the same laws, in which all of them hold."""
    top = tmp_path_factory.mktemp("house")
    shutil.copy(TOP / "pyproject.toml", top)
    (top / "tests").mkdir()
    shutil.copy(TOP / "tests" / "contracts.py", top / "tests")
    units = ["units.rocu", "units.ctu", "units.cyber"]
    layers = [
        "unit",
        "sections",
        "tables",
        "admin",
        "panel",
        "findings",
        "queries",
        "measures",
        "models",
    ]
    charts = [
        *("pictures", "interactive", "figures", "svg", "bars", "stacked", "shares", "trend"),
        *("axes", "canvas", "theme", "markup", "sparkline", "fonts"),
    ]
    (top / "units").mkdir()
    (top / "units" / "registry.py").touch()
    plain = ["quarters", "terms", "measures", "spc", "content", "disclosure"]
    for name in [
        *(
            f"boardreport.{module}"
            for module in ("demonstration", "paper", "downloads", "raster", "views")
        ),
        *(f"boardreport.charts.{module}" for module in charts),
        *(f"units.{module}" for module in plain),
        *(f"{unit}.{module}" for unit in units for module in layers),
    ]:
        path = top / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.touch()
    (top / "boardreport" / "charts" / "figures.py").write_text("import plotly\n")
    (top / "boardreport" / "raster.py").write_text("import pypdfium2\n")
    (top / "boardreport" / "paper.py").write_text("import weasyprint\nimport pikepdf\n")
    (top / "boardreport" / "downloads.py").write_text("import xlsxwriter\n")
    (top / "boardreport" / "views.py").write_text("import django\nimport units.registry\n")
    (top / "units" / "rocu" / "sections.py").write_text(
        "from units.rocu import queries, findings\n"
    )
    return top


def test_a_lawful_house_breaks_no_law(house: Path) -> None:
    found = lint_imports(house)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("module", "line", "law"),
    [
        ("units/rocu/models.py", "import boardreport.views", "Law 1"),
        ("units/spc.py", "from boardreport import charts", "Law 1"),
        ("units/rocu/sections.py", "from units.ctu import models", "Law 2"),
        ("units/cyber/models.py", "import units.rocu.queries", "Law 2"),
        ("units/rocu/models.py", "from units.rocu import queries", "Law 3"),
        ("units/ctu/queries.py", "from units.ctu import measures", "Law 3"),
        ("units/cyber/findings.py", "from units.cyber import admin", "Law 3"),
        ("units/disclosure.py", "from django.db import models", "Law 4"),
        ("units/quarters.py", "from units.rocu import models", "Law 4"),
        ("boardreport/charts/theme.py", "import django", "Law 4: charts import neither"),
        ("boardreport/charts/canvas.py", "from boardreport.charts import svg", "Law 4: the order"),
        ("boardreport/paper.py", "import plotly.graph_objects", "Law 5: only charts"),
        ("boardreport/charts/svg.py", "from weasyprint import HTML", "Law 5: only paper.py"),
        ("boardreport/charts/svg.py", "import pypdfium2", "Law 5: only raster.py"),
        ("units/rocu/admin.py", "import openpyxl", "Law 5: only downloads.py"),
        ("boardreport/views.py", "from units.rocu import sections", "Law 6"),
        ("boardreport/paper.py", "import units.cyber.models", "Law 6"),
        ("boardreport/views.py", "from boardreport import demonstration", "Law 6: only commands"),
    ],
)
def test_a_planted_import_breaks_its_law(
    house: Path, tmp_path: Path, module: str, line: str, law: str
) -> None:
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    (tmp_path / "units" / "rocu" / "models.py").write_text("import django\n")
    with (tmp_path / module).open("a") as file:
        file.write(f"{line}\n")
    found = lint_imports(tmp_path)
    assert found.returncode != 0
    assert re.search(rf"^{law}.* BROKEN", found.stdout, re.MULTILINE), found.stdout


KNOW_UNITS = ("demonstration", "moderation", "migrations", "templatetags/head", "settings")
"""What in the board may name a unit: beside the panel’s pages and the demonstration, what installs."""


def test_the_board_writes_the_key_of_no_unit() -> None:
    keys = "|".join(unit.key for unit in registered_units())
    named = [
        f"{path.relative_to(TOP)}:{node.lineno} {node.value!r}"
        for path in sorted((TOP / "boardreport").rglob("*.py"))
        if not str(path.relative_to(TOP / "boardreport")).startswith(KNOW_UNITS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(rf"(?:{keys})(?:[./]|$)", node.value)
    ]

    assert named == []


# Django


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit as missing:
        pytest.fail(f"Models have changed: run manage.py makemigrations ({missing.code}).")


def template_names() -> list[str]:
    """The names of the project's own templates."""
    return [str(path.relative_to(TOP / "templates")) for path in files(TOP / "templates")]


def test_every_template_compiles() -> None:
    for name in template_names():
        get_template(name)


def test_every_template_is_used() -> None:
    directories = [
        Path(directory)
        for directory in engines["django"].template_dirs
        if not Path(directory).is_relative_to(TOP / "templates")
    ]
    sources = {
        path: text
        for path, text in text_files()
        if path.endswith((".py", ".html", ".txt")) and not path.startswith("tests/")
    } | {"Django’s sign-in": inspect.getsource(auth_views)}
    unused = [
        name
        for name in template_names()
        if name not in DJANGOS_OWN_NAMES
        and not any((directory / name).exists() for directory in directories)
        and not any(
            re.search(rf"""["']{re.escape(name)}["']""", text)
            for path, text in sources.items()
            if path != f"templates/{name}"
        )
    ]
    assert not unused


# README


def code_in_readme() -> str:
    """What README.md writes as code: its fenced blocks and its `spans`, one a line."""
    text = (TOP / "README.md").read_text()
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M))
    return "\n".join(blocks + spans)


def make_targets() -> set[str]:
    """The targets that `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*##", (TOP / "Makefile").read_text(), re.MULTILINE))


def own_commands() -> set[str]:
    """The project's own management commands."""
    return {
        path.stem
        for path in TOP.glob("*/**/management/commands/*.py")
        if path.relative_to(TOP).parts[0] in {"boardreport", "units"} and path.stem != "__init__"
    }


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bmake (?:[A-Z_]+=\S+ )*([a-z][a-z-]*)", code_in_readme()))
    assert named <= make_targets()


def test_every_make_target_is_named_in_the_readme() -> None:
    missing = [
        target
        for target in make_targets()
        if not re.search(rf"\bmake (?:\S+=\S+ )*{target}\b", code_in_readme())
    ]
    assert not missing


def test_every_management_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z][a-z0-9_]*)", code_in_readme()))
    assert named <= set(get_commands())


def test_every_own_management_command_is_named_in_the_readme() -> None:
    named = set(re.findall(r"manage\.py ([a-z][a-z0-9_]*)", code_in_readme()))
    assert own_commands() <= named


def test_every_own_management_command_says_what_it_does() -> None:
    ours = {"boardreport"} | {name for name in get_commands().values() if name.startswith("units.")}
    for name, app in get_commands().items():
        if app in ours:
            help_text = load_command_class(app, name).create_parser("manage.py", name).format_help()
            assert len(help_text.split("\n\n")) > 2, name


# Dependencies and locks


def locked(name: str) -> dict[str, str]:
    """The pinned requirements of a lock file, each with its marker and hashes."""
    entries = re.split(r"\n(?=\S)", (TOP / name).read_text().replace("\\\n", " ").strip())
    found = {}
    for entry in entries:
        match = re.match(r"([a-z0-9-]+)(?:\[[a-z,-]+\])?==(\S+)", entry)
        assert match, f"{name} pins no version: {entry[:60]}"
        found[match[1]] = entry.split("\n")[0]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_a_hash(name: str) -> None:
    for package, entry in locked(name).items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_no_address(name: str) -> None:
    text = (TOP / name).read_text()
    assert "http" not in text
    assert "://" not in text


def test_the_development_lock_contains_the_other_one() -> None:
    development = locked("requirements-dev.lock")
    for package, entry in locked("requirements.lock").items():
        # what only Windows needs at work, the tests may need everywhere
        assert pinned(development[package]) == pinned(entry)


def pinned(entry: str) -> list[str]:
    """A locked package's version and hashes, without the platforms that need it."""
    return re.findall(r"==\S+|sha256:\w+", entry)


def test_the_locks_satisfy_what_the_project_asks_for() -> None:
    for name, wanted in zip(
        LOCKS,
        (PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"]),
        strict=True,
    ):
        lock = locked(name)
        for text in wanted:
            requirement = Requirement(text)
            version = re.search(r"==(\S+)", lock[requirement.name])
            assert version
            assert version[1] in requirement.specifier, text


def test_every_dependency_gives_its_reason() -> None:
    text = (TOP / "pyproject.toml").read_text()
    lines = re.findall(r'^    "[^"]+",.*$', text.split("[tool.uv]")[0], re.MULTILINE)
    names = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert len(lines) == len(names)
    for line in lines:
        assert re.search(r"# \S.{8,}", line), line


def test_the_npm_lock_holds_hashes_and_no_address() -> None:
    packages = json.loads((TOP / "package-lock.json").read_text())["packages"]
    for path, package in packages.items():
        assert "resolved" not in package, path
        assert path == "" or "integrity" in package, path


# Manners


def test_nothing_unexpected_lies_at_the_top() -> None:
    present = {path.name for path in TOP.iterdir()} - NOT_OURS
    assert present <= ALLOWED_AT_TOP


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com", "a package registry"),
        (r"deb\.debian\.org|crates\.io|proxy\.golang\.org", "a package registry"),
        (r"(?<![\w.])/(?:root|home/\w+|work|Users/\w+)/", "a path of somebody's machine"),
        (r"\b(?:TO[D]O|FIX[M]E|XX[X])\b", "an unfinished thought"),
        (r"\b(?:import pd[b]|breakpoint\(\)[^|])", "a debugger"),
    ],
)
def test_no_file_names(pattern: str, what: str) -> None:
    for path, text in text_files():
        found = re.search(pattern, text)
        assert not found, f"{path} names {what}: {found and found[0]}"


def test_every_module_has_a_docstring() -> None:
    for path, module in modules().items():
        if path.endswith("__init__.py") and not module.body:
            continue
        assert ast.get_docstring(module), path


def test_only_tests_assert() -> None:
    for path, module in modules().items():
        if not path.startswith("tests/"):
            asserts = [node.lineno for node in ast.walk(module) if isinstance(node, ast.Assert)]
            assert not asserts, f"{path} asserts in lines {asserts}"


def test_every_own_application_has_a_name_for_people() -> None:
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in {"boardreport", "units"}:
            assert type(config).__dict__.get("verbose_name"), config.name
