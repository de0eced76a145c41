"""The crontab tasks with the real programs: Debian's crontab(1) and its daemon."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.triggers.cron_namespace import inside, need
from tests.triggers.test_cron import NASTY

WITH = """, schedule="* * * * *", command=["/opt/a/autosync", "sync", "--trigger=schedule"]"""
INSTALL = f"""{sys.executable} - "$@" <<'PY'
import os, sys
from autosync_tasks.triggers import crontab
print(crontab.install(os.environ{WITH}).outcome)
PY
"""
UNINSTALL = INSTALL.replace(WITH, "").replace("crontab.install", "crontab.uninstall")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    need()
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_install_twice_and_uninstall_leave_no_crontab_where_there_was_none(home: Path) -> None:
    ended = inside(
        f"{INSTALL}\ncrontab -l\n{INSTALL}\n{UNINSTALL}\n{UNINSTALL}\ncrontab -l || ls -A /var/spool/cron/crontabs",
        home,
    )
    lines = ended.stdout.splitlines()
    assert lines[0] == "changed", ended.stderr
    assert [line for line in lines if line.startswith("* * *")] == [
        "* * * * * /usr/bin/env PATH=/usr/bin:/usr/local/bin:/bin LC_ALL=C.UTF-8 "
        "/opt/a/autosync sync --trigger=schedule"
    ]
    assert lines[4:] == ["ok", "changed", "ok"]
    assert "no crontab for root" in ended.stderr


def test_ten_installs_at_once_leave_one_block(home: Path) -> None:
    theirs = "printf '# theirs\\n5 5 * * * /bin/true\\n' | crontab -"
    script = f"{theirs}\nfor i in $(seq 10); do ({INSTALL}) & done; wait\ncrontab -l"
    ended = inside(script, home, timeout=120)
    assert sorted(line for line in ended.stdout.splitlines() if line in ("ok", "changed")) == ["changed"] + ["ok"] * 9
    assert ended.stdout.count("# BEGIN autosync-tasks") == 1
    assert ended.stdout.count("sync --trigger=schedule") == 1
    assert "# theirs\n5 5 * * * /bin/true\n" in ended.stdout


NASTY_PROGRAM = r"""
import glob, os, subprocess
from autosync_tasks.triggers import crontab, cron
for name in sorted(glob.glob("*.in")):
    text, want = (open(name[:-2] + end, "rb").read() for end in ("in", "want"))
    if subprocess.run(["crontab", name], capture_output=True).returncode:
        print("refused", name)  # crontab(1) itself does not take it: a wrong schedule, say
        continue
    assert crontab.read(os.environ) == text, ("read", name)
    crontab.install(os.environ, command=["/opt/a/autosync", "sync", "--trigger=schedule"])
    held = open("/var/spool/cron/crontabs/root", "rb").read()
    assert len(cron.take_apart(held).commands) == 1, name
    crontab.uninstall(os.environ)
    left = crontab.read(os.environ) or b""
    assert left in (want, want + b"\n"), (name, left)
    assert left == want or not want.endswith(b"\n"), name
    print("same", name)
"""


@pytest.mark.sweep  # test_cron.py holds each without the program
def test_nasty_crontabs_come_back_from_the_real_program(home: Path) -> None:
    for number, (_, text, rest) in enumerate(NASTY):
        (home / f"{number}.in").write_bytes(text)
        (home / f"{number}.want").write_bytes(text if rest is None else rest)
    (home / "program.py").write_text(NASTY_PROGRAM)
    ended = inside(f"{sys.executable} program.py", home, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("same ") >= 40, ended.stdout


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\necho 'crontab: permission denied' >&2; exit 1\n",
        "#!/bin/sh\nexit 1\n",
        "#!/bin/sh\necho 'You (root) are not allowed to use this program (crontab)' >&2; exit 1\n",
        None,
    ],
    ids=["unreadable", "silent", "not allowed", "missing"],
)
def test_an_unreadable_crontab_is_an_error_and_not_an_empty_one(script: str | None, tmp_path: Path) -> None:
    from autosync_tasks.errors import AutosyncError
    from autosync_tasks.triggers import crontab

    if script is not None:
        (tmp_path / "crontab").write_text(script)
        (tmp_path / "crontab").chmod(0o755)
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(AutosyncError) as caught:
        crontab.install(environ, command=["/opt/a/autosync", "sync", "--trigger=schedule"])
    assert caught.value.hint
    assert sorted(p.name for p in tmp_path.iterdir()) in ([], ["crontab"], [".local"], [".local", "crontab"])


@pytest.mark.sweep
def test_a_real_cron_runs_the_line_in_a_folder_with_a_space_and_a_percent_sign(home: Path) -> None:
    """Takes until the next full minute. The line above ours tries to leak: another shell, another PATH, no mail."""
    folder = home / "100% a 'tool'"
    folder.mkdir()
    stub = folder / "autosync"
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$*" > "$HOME/ran"; env | sort >> "$HOME/ran"\n')
    stub.chmod(0o755)
    program = (
        "import os, glob; from autosync_tasks.triggers import crontab; "
        "stub = glob.glob(os.path.expanduser('~/100*/autosync'))[0]; "
        "print(crontab.install(os.environ, schedule='* * * * *', command=[stub, 'sync', '--trigger=schedule']).outcome)"
    )
    script = f"""
printf 'PATH=/nowhere\\nLC_ALL=xx\\nSHELL=/bin/bash\\n' > theirs.tab
printf '* * * * * /usr/bin/env > "$HOME/theirs"\\n' > later.tab
crontab theirs.tab
{sys.executable} -c "{program}"
(crontab -l; cat later.tab) | crontab -
crontab -l
cron -f & cron_pid=$!
for i in $(seq 80); do [ -s ran ] && [ -s theirs ] && break; sleep 1; done
sleep 1
kill $cron_pid
"""
    started = time.monotonic()
    ended = inside(script, home, timeout=150)
    assert (home / "ran").exists(), ended.stdout + ended.stderr
    lines = (home / "ran").read_text().splitlines()
    assert lines[0].endswith("/100% a 'tool'/autosync")
    assert lines[1] == "sync --trigger=schedule"
    assert "LC_ALL=C.UTF-8" in lines
    assert any(line.startswith("PATH=") and "/usr/bin" in line for line in lines)
    theirs = (home / "theirs").read_text().splitlines()
    assert "PATH=/nowhere" in theirs
    assert "LC_ALL=xx" in theirs
    assert time.monotonic() - started < 140


@pytest.mark.sweep
def test_a_real_cron_runs_the_installed_line_and_a_commit_appears(home: Path) -> None:
    """From nothing to an unattended commit, with the programs as a user calls them."""
    tree = home / ".config" / "opencode"
    (tree / "agent").mkdir(parents=True)
    (tree / "opencode.json").write_text("{}\n")
    (home / ".config" / "autosync-tasks").mkdir()
    (home / ".config" / "autosync-tasks" / "config.toml").write_text("max_sync_frequency = 0\n")
    script = """
autosync sync
autosync install-cron --schedule '* * * * *'
autosync install-cron --schedule '* * * * *' --json
printf -- '---\\ndescription: reviews\\nmode: subagent\\n---\\nReview.\\n' > .config/opencode/agent/review.md
repo=$(sed -n 's/^opencode_backup = "\\(.*\\)"/\\1/p' .config/autosync-tasks/config.toml)
cron -f & cron_pid=$!
for i in $(seq 100); do [ "$(git -C "$repo" rev-list --count main)" -gt 1 ] && break; sleep 1; done
git -C "$repo" log -1 --format='%s|%(trailers:key=Autosync-Trigger,valueonly)' main
git -C "$repo" show main:agent/review.md
kill $cron_pid
"""
    ended = inside(script, home, timeout=240)
    assert '"outcome": "ok"' in ended.stdout, ended.stdout + ended.stderr
    assert "|schedule" in ended.stdout, ended.stdout + ended.stderr
    assert "Review." in ended.stdout
