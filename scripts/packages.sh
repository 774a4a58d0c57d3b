#!/bin/sh
# Installs the Debian packages that are needed: `packages.sh lab` for the demonstration alone, `packages.sh` for all tests and benchmarks
# (peers, captures, a compiler for the addon's own tests). Needs root; without it says what is missing and goes on.
set -eu

packages="iproute2 iputils-ping procps"
[ "${1:-all}" = lab ] || packages="$packages keepalived frr bird2 strace haproxy nginx-light dnsmasq-base openssl opensmtpd tcpdump tshark nftables gcc libc6-dev"
# A kernel with IPVS as a process, what shows its table, and a server with a health service. Not every architecture and distribution has them.
[ "${1:-all}" = lab ] || optional="ipvsadm kmod user-mode-linux etcd-server"

absent() {
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf ' %s' "$package"
    done
}
# shellcheck disable=SC2086
missing=$(absent $packages)
# shellcheck disable=SC2086
wished=$(absent ${optional:-})
[ -n "$missing$wished" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "not root, so these packages are not installed (tests that need them are skipped and named):$missing$wished" >&2
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
# shellcheck disable=SC2086
[ -z "$missing" ] || apt-get install -y -qq --no-install-recommends $missing > /dev/null
for package in $wished; do
    apt-get install -y -qq --no-install-recommends "$package" > /dev/null ||
        echo "package $package cannot be had here: tests that need it are skipped and named" >&2
done
