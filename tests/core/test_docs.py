"""What the documents promise to list completely, they list."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_of_the_environment_is_explained_to_operators() -> None:
    names = set(re.findall(r"GONGYU_[A-Z_]+", read("gongyu/config/settings.py")))
    assert len(names) >= 10
    assert names == set(re.findall(r"^\| `(GONGYU_[A-Z_]+)`", read("docs/operating.md"), re.M))


def test_every_dependency_has_its_reason() -> None:
    wanted = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=]", line)[0] for line in wanted}
    told = read("docs/dependencies.md").lower()
    assert {name for name in names if not re.search(rf"\b{name}\b", told)} == set()


def test_every_room_stands_in_the_plan_of_the_house() -> None:
    rooms = {path.parent.name for path in ROOT.glob("gongyu/*/__init__.py")}
    plan = re.findall(r"^\| (.*?) \|", read("docs/architecture.md"), re.M)
    listed = {name for cell in plan for name in re.findall(r"`(\w+)/`", cell)}
    assert rooms - {"models", "templates"} <= listed
    assert {name for name in listed if not (ROOT / "gongyu" / name).is_dir()} <= {
        "models",
        "services",
        "queries",
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    missing = [link for link in links if not (document.parent / link).exists()]
    assert missing == []


def test_every_decision_is_listed() -> None:
    pages = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}
    assert pages == set(re.findall(r"\((0\S+\.md)\)", read("docs/decisions/README.md")))
