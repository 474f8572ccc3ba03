"""Files that state the same fact state the same thing: versions, requirements and the licence."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def requirements_in(name):
    """The requirements in a file, less its comments and the line that installs the package itself."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


REQUIREMENTS = requirements_in("requirements.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins():
    """The version that constraints.txt allows of each package."""
    found = {}
    for requirement in requirements_in("constraints.txt"):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"constraints.txt does not fix {requirement}"
        assert canonicalize_name(requirement.name) not in found, f"constraints.txt fixes {requirement.name} twice"
        found[canonicalize_name(requirement.name)] = specifier.version
    return found


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_a_requirement_has_a_lower_bound_and_a_fixed_version_within_its_range(requirement, pins):
    assert any(specifier.operator == ">=" for specifier in requirement.specifier)
    assert pins[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_what_the_package_needs_is_required_in_the_same_range(dependency):
    assert Requirement(dependency) in REQUIREMENTS


def test_the_package_itself_is_installed_last():
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8").rstrip().endswith("\n-e .")


def test_constraints_hold_versions_and_nothing_of_a_machine():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+(; .*)?", line)] == []


def test_the_citation_names_the_version_and_licence_of_the_package():
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]


def test_the_licences_are_there():
    code, text = ((ROOT / name).read_text(encoding="utf-8") for name in ("LICENSE", "LICENSE-CC-BY-4.0.txt"))
    assert code.startswith("BSD 3-Clause License")
    assert text.startswith("Attribution 4.0 International")
    assert [author["name"] for author in CITATION["authors"]] == ["The authors of Restoring Resolution"]
    assert "The authors of Restoring Resolution" in code
