#!/bin/sh
# Installs the system packages that some tests need beside Python and git. README and CI both use it.
set -eu
packages="cron openssh-server strace tmux gcc libc6-dev"
missing=""
for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
