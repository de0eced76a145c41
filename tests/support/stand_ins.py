"""Other programs of a machine, that the real one must not be asked for."""

from __future__ import annotations

from pathlib import Path

from tests.support.home import Home


class StandIns(Home):
    """A home whose PATH can get programs of its own."""

    environ: dict[str, str]

    def fake_crontab(self, text: str = "") -> Path:
        """A `crontab` program of this machine alone; the real one would change the user's own. Returns its file."""
        folder, kept = self.home / "bin", self.home / "spool" / "person"
        folder.mkdir(exist_ok=True)
        kept.parent.mkdir(exist_ok=True)
        if text:
            kept.write_text(text)
        script = (
            "#!/bin/sh\n"
            'case "$1" in\n'
            f'  -l) if [ -e "{kept}" ]; then exec cat "{kept}"; fi; echo "no crontab for person" >&2; exit 1;;\n'
            f'  -r) exec rm "{kept}";;\n'
            f'  -) exec cat > "{kept}";;\n'
            f'  *) exec cp "$1" "{kept}";;\n'
            "esac\n"
        )
        (folder / "crontab").write_text(script)
        (folder / "crontab").chmod(0o755)
        self.environ["PATH"] = f"{folder}:{self.environ['PATH']}"
        return kept

    def hang_git(self) -> None:
        """A `git` that never answers, as on a disk that is gone."""
        self.replace_git(f"echo $$ >> '{self.home}/hanging'\nsleep 300")

    def replace_git(self, script: str) -> None:
        """Another `git` that is found before the real one. script: what it does, in sh."""
        folder = self.home / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "git").chmod(0o755)
        self.environ["PATH"] = f"{folder}:{self.environ['PATH']}"
