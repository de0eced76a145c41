#!/bin/sh
# Installs what the tests run beside Python and git: the real programs that the tests try the project against.
# Debian and Ubuntu, as root. No service is started: the tests start their own, in private.
set -eu
packages="cron man-db zsh fish tmux strace openssh-server openssh-client util-linux iproute2 rsync gcc libc6-dev npm e2fsprogs xfsprogs btrfs-progs"
if ! command -v apt-get >/dev/null; then
    echo "This script knows apt-get only. Install with your own package manager: $packages" >&2
    exit 1
fi
# sshd wants this folder, which only its service's start makes; the tests start sshd themselves.
[ "$(id -u)" != 0 ] || [ -d /run/sshd ] || mkdir -m 755 /run/sshd
missing=""
for package in $packages; do
    case $package in
    npm) command -v npm >/dev/null || missing="$missing npm" ;; # a newer one from elsewhere serves as well
    *) dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package" ;;
    esac
done
if [ -z "$missing" ]; then
    echo "Nothing to do: all of these are installed: $packages"
    exit 0
fi
# policy-rc.d decides whether a package may start its service; 101 means: not allowed.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # one word for each package is what is wanted
apt-get install -y -qq --no-install-recommends $missing
