"""Completion for bash, zsh and fish: one own file in the folder where each shell looks for a user's."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autosync_tasks.config.load import xdg_folder
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Outcome
from autosync_tasks.names import display, typed
from autosync_tasks.triggers import files
from autosync_tasks.triggers.result import TaskResult, text_diff

_MARK = "completion of autosync, written by install-completion"

_BASH = f"""# {_MARK}
_autosync() {{
    local IFS=$'\\n' line
    COMPREPLY=()
    while IFS= read -r line; do
        line=${{line%%$'\\t'*}}
        [[ ${{COMP_LINE##* }} == *=* ]] && line=${{line#*=}}  # bash takes what follows `=` for a word of its own
        [[ $line == */ || $line == *= ]] && compopt -o nospace
        COMPREPLY+=("$(printf %q "$line")")
    done < <("${{COMP_WORDS[0]}}" --complete "${{COMP_LINE:0:COMP_POINT}}" 2>/dev/null)
    [[ ${{#COMPREPLY[@]}} -eq 0 ]] && compopt -o default
}}
complete -F _autosync autosync
"""
_ZSH = f"""#compdef autosync
# {_MARK}
local -a found closed open
local one
found=("${{(@f)$("${{words[1]}}" --complete "${{(j: :)words[1,CURRENT]}}" 2>/dev/null)}}")
for one in $found; do
    one=${{one%%$'\\t'*}}
    [[ $one == */ || $one == *= ]] && open+=("$one") || closed+=("$one")
done
(( $#open )) && compadd -S '' -- $open
(( $#closed )) && compadd -- $closed
(( $#open + $#closed )) || _files
"""
_FISH = f"""# {_MARK}
complete -c autosync -e
complete -c autosync -f -a '(autosync --complete (commandline -cp | string collect))'
"""
SHELLS = {
    "bash": ("data", "bash-completion/completions/autosync", _BASH),
    "zsh": ("data", "zsh/site-functions/_autosync", _ZSH),
    "fish": ("config", "fish/completions/autosync.fish", _FISH),
}
"""Shell: the XDG folder, the file in it (those that the shells' own pages name), its text."""

_STEPS = {
    "bash": "open a new shell; it needs the package bash-completion",
    "zsh": "put `fpath+=({folder})` before `compinit` in ~/.zshrc, and open a new shell",
    "fish": "open a new shell",
}


def install(environ: Mapping[str, str], *, shell: str = "", check: bool = False) -> TaskResult:
    """Writes the file. shell: "" for the person's own. Raises UsageError for one that is unknown, or a foreign file."""
    shell = shell or os.path.basename(environ.get("SHELL", ""))
    path, text = _place(environ, shell)
    held = _own(path)
    step = _STEPS[shell].format(folder=typed(os.path.dirname(path)))
    if held == text.encode():
        return TaskResult("install-completion", Outcome.OK, f"{path} is there already", check=check)
    if not check:
        files.write(path, text.encode())
    verb = "would be written" if check else "is written"
    diff = text_diff(held or b"", text.encode(), path)
    return TaskResult("install-completion", Outcome.CHANGED, f"{path} {verb}", diff=diff, next_step=step, check=check)


def uninstall(environ: Mapping[str, str], *, shell: str = "", check: bool = False) -> TaskResult:
    """Removes the file of one shell, or of each. Raises UsageError for an unknown shell."""
    found = []
    for one in [shell] if shell else list(SHELLS):
        path, _ = _place(environ, one)
        if _own(path, foreign=False) is not None:
            found.append(path)
            if not check:
                files.remove(path)
    if not found:
        return TaskResult("uninstall-completion", Outcome.OK, "no completion is installed", check=check)
    named = ", ".join(found)
    reason = f"{named} would be removed" if check else f"removed: {named}"
    return TaskResult("uninstall-completion", Outcome.CHANGED, reason, check=check)


def _place(environ: Mapping[str, str], shell: str) -> tuple[str, str]:
    if shell not in SHELLS:
        words = f"there is no completion for {display(shell)}" if shell else "your shell is not known: SHELL is not set"
        raise UsageError(words, hint="--shell is bash, zsh or fish")
    kind, name, text = SHELLS[shell]
    base = xdg_folder(kind, environ)
    if not base:
        raise UsageError("there is no home folder to write it to", hint="set HOME")
    return os.path.join(base, name), text


def _own(path: str, *, foreign: bool = True) -> bytes | None:
    """Our file's bytes, None if there is none. foreign: refuse another's, else it is as if there were none."""
    held = files.read(path)
    if held is None or _MARK.encode() in held[:200]:
        return held
    if foreign:
        raise UsageError(f"{path} is another's file", hint="move it away, then run this again")
    return None
