#!/bin/sh
# Installs the Debian packages that are needed: `packages.sh lab` for the demonstration alone, `packages.sh` for all tests and benchmarks
# (peers, captures, a compiler for the addon's own tests). Needs root; without it says what is missing and goes on.
set -eu

packages="iproute2 iputils-ping procps"
[ "${1:-all}" = lab ] || packages="$packages keepalived frr bird2 strace haproxy nginx-light dnsmasq-base openssl opensmtpd tcpdump tshark nftables gcc libc6-dev"
# A kernel with IPVS as a process, and what shows its table. Not every architecture and distribution has them.
[ "${1:-all}" = lab ] || optional="ipvsadm kmod user-mode-linux"

missing=""
for package in $packages ${optional:-}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "not root, so these packages are not installed (tests that need them are skipped and named):$missing" >&2
    exit 0
fi

# A package must not start a daemon on the machine that merely tests: a policy script says no for the time of the installation.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
for package in ${optional:-}; do
    if ! apt-cache show "$package" >/dev/null 2>&1; then
        echo "this distribution has no package $package: tests that need it are skipped and named" >&2
        missing=$(echo " $missing " | sed "s/ $package / /")
    fi
done
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing > /dev/null
