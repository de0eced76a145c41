"""What validation needs to know beside the bytes: the settings, what a person accepted, the scanner's cache.

It loads the rules: import it where there is something to judge, or a name that may hold a secret.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from autosync_tasks.model import Path
from autosync_tasks.names import redaction
from autosync_tasks.state.acceptances import Acceptances
from autosync_tasks.validation import secret_names
from autosync_tasks.validation.bash import check_shell
from autosync_tasks.validation.findings import Context
from autosync_tasks.validation.scanner import load, load_quick, sieves
from autosync_tasks.workspace.workspace import Site


def acceptances(site: Site) -> Acceptances:
    """What a person accepted; in the config folder, where agents do not write."""
    return Acceptances(site.loaded.config_home)


def engine_of(site: Site) -> str:
    """The folder where the scanner's compiled rules are, and what is known of them; for all trees of a home."""
    return os.path.join(site.state.home, "engine")


def context(
    site: Site,
    paths: Collection[Path] = frozenset(),
    *,
    check: bool = False,
    by_hand: bool = False,
    quick: int | None = None,
) -> Context:
    """What the rules need to know beside the bytes.

    paths: every path of the tree. by_hand: a person asks, so that OpenCode will see the variables that this process
    sees (a scheduled run knows nothing of them). check: nothing may be written, so the scanner's cache and the
    installation key are used only if they exist. quick: how many bytes a sync is to judge; if few, the sieve is asked
    before the scanner.
    """
    settings, accepted = site.settings, acceptances(site)
    cache = engine_of(site)
    checks = settings.profile.read().validations
    return Context(
        key=accepted.peek_key() if check else accepted.key(),
        engine_cache="" if check and not os.path.isdir(cache) else cache,
        paths=paths,
        root=os.fsencode(site.places.real_source),
        environ=site.environ.keys() if by_hand else None,
        accepted=accepted.fingerprints(),
        check_shell=check_shell,
        validate_select=settings.validate_select,
        validate_ignore=settings.validate_ignore,
        auto_sync_validate=settings.auto_sync_validate,
        load_engine=load_quick if quick is not None and sieves(cache, quick) else load,
        checks=checks,
        opencode=any(one.check == "opencode" for one in checks),
    )


def withhold_names(site: Site, paths: Sequence[Path]) -> None:
    """From now on no list shows the secrets in these names."""
    redaction().add(secret_names(paths, context(site, check=True, quick=0)))
