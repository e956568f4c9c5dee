"""The version of a process: what was said, else the commit, wherever git keeps it."""

from pathlib import Path

from core import revision

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def repository(root: Path, head: str) -> Path:
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text(f"{head}\n")
    return root


def test_what_was_said_counts(tmp_path: Path) -> None:
    assert revision.of({"GATEHOUSE_VERSION": " 2.1 "}, repository(tmp_path, COMMIT)) == "2.1"


def test_a_commit_a_branch_and_a_packed_branch(tmp_path: Path) -> None:
    assert revision.of({}, repository(tmp_path / "a", COMMIT)) == COMMIT[:12]
    loose = repository(tmp_path / "b", "ref: refs/heads/main")
    (loose / ".git" / "refs" / "heads").mkdir(parents=True)
    (loose / ".git" / "refs" / "heads" / "main").write_text(COMMIT)
    assert revision.of({}, loose) == COMMIT[:12]
    packed = repository(tmp_path / "c", "ref: refs/heads/main")
    (packed / ".git" / "packed-refs").write_text(f"# pack-refs\n{'9' * 40} refs/heads/x\n{COMMIT} refs/heads/main\n")
    assert revision.of({}, packed) == COMMIT[:12]


def test_a_work_tree_of_another_repository(tmp_path: Path) -> None:
    main = repository(tmp_path / "main", "ref: refs/heads/main")
    own = main / ".git" / "worktrees" / "w"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/w\n")
    (own / "commondir").write_text("../..\n")
    (main / ".git" / "refs" / "heads").mkdir(parents=True)
    (main / ".git" / "refs" / "heads" / "w").write_text(COMMIT)
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / ".git").write_text(f"gitdir: {own}\n")
    assert revision.of({}, tmp_path / "w") == COMMIT[:12]


def test_an_image_has_none(tmp_path: Path) -> None:
    assert revision.of({}, tmp_path) == ""
    assert revision.of({}, repository(tmp_path, "ref: refs/heads/none")) == ""
