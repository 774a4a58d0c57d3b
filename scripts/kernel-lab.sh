#!/bin/sh
# Runs a command in a kernel that has IPVS, on machines whose own kernel has none: User-Mode Linux, as an ordinary process.
#
#   scripts/kernel-lab.sh --check             says why it cannot, and ends with 77; ends with 0 if it can
#   scripts/kernel-lab.sh RESULTS COMMAND …   runs the command as root, with its own network, in this machine's file system
#
# The file system is read-only inside, but for /run and /tmp, which are empty, and for the directory RESULTS, which is /run/results there.
# The command's output is in RESULTS/output; the script ends with the command's status. After KERNEL_LAB_SECONDS (240) it gives up. Debian and Ubuntu: apt-get install user-mode-linux kmod.
set -eu

missing() {
    echo "no kernel lab: $1" >&2
    exit 77
}

for tool in linux.uml modprobe ip taskset perl; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || missing "$tool is not installed (packages user-mode-linux, kmod, iproute2, util-linux, perl-base)"
done
modules=$(find /usr/lib/uml/modules -mindepth 1 -maxdepth 1 2>/dev/null | sort | tail -n 1)
[ -n "$modules" ] || missing "/usr/lib/uml/modules holds no modules"
find "$modules" -name 'ip_vs.ko*' | grep -q . || missing "$modules has no ip_vs"
[ "$(id -u)" = 0 ] || missing "not root"
# A processor with more registers than this kernel knows of: see kernel-lab-xstate.c.
needs_help=
if grep -qw amx_tile /proc/cpuinfo; then
    needs_help=yes
    command -v cc >/dev/null || missing "this processor has AMX: a C compiler is needed (package gcc)"
fi
[ "$1" = --check ] && exit 0

here=$(cd "$(dirname "$0")" && pwd)
results=$(cd "$1" && pwd)
shift
: >"$results/command"
for word in "$@"; do
    printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")" >>"$results/command"
done
cat >"$results/init" <<EOF
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /run
mkdir -p /run/netns /run/results /run/modules/lib/modules
mount -t hostfs -o "$results" none /run/results
mount -t tmpfs tmp /tmp
# What lies where those are now, and is needed.
for folder in "$PWD" "$PWD/../shared"; do
    folder=\$(readlink -m "\$folder")
    case "\$folder" in
        /tmp/* | /run/*) mkdir -p "\$folder" && mount -t hostfs -o "\$folder,ro" none "\$folder" || true ;;
    esac
done
ln -s "$modules" /run/modules/lib/modules/\$(uname -r)
# The kernel asks for schedulers when they are first used.
printf '#!/bin/sh\nexec /sbin/modprobe -d /run/modules "\$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
/run/modprobe -a ip_vs veth bridge
ip link set lo up
cd "$PWD"
status=1
eval "set -- \$(cat /run/results/command)"
"\$@" >/run/results/output 2>&1 </dev/null && status=0 || status=\$?
echo \$status >/run/results/status
sync
echo o >/proc/sysrq-trigger
sleep 10
EOF
chmod +x "$results/init"
rm -f "$results/status" "$results/output"
[ -z "$needs_help" ] || cc -O2 -shared -fPIC -o "$results/xstate.so" "$here/kernel-lab-xstate.c"
# Its one processor is several threads that hand over to each other at each system call: spread over this machine's processors it takes up to four
# times as long, and so it does where each thread waits until somebody else's time slice is over. So it has short slices itself (sched_setattr:
# policy 0, 0.1 ms), which gives it no more of the processor than others, but sooner. Kernels that do not know that ignore it.
processor=$(awk -v choice=$$ '/^Cpus_allowed_list/ {
    for (ranges = split($2, range, ","); ranges > 0; ranges--) {
        last = split(range[ranges], ends, "-")
        for (cpu = ends[1] + 0; cpu <= ends[last] + 0; cpu++) cpus[count++] = cpu
    }
    print cpus[choice % count]
}' /proc/self/status)
timeout -k 5 "${KERNEL_LAB_SECONDS:-240}" taskset -c "$processor" \
    perl -e '$slice = pack("LLQlLQQQ", 48, 0, 0, getpriority(0, 0), 0, 100_000, 0, 0); syscall(314, 0, $slice, 0); exec @ARGV or die $!' \
    ${needs_help:+env LD_PRELOAD="$results/xstate.so"} linux.uml root=/dev/root rootfstype=hostfs rootflags=/ ro mem="${KERNEL_LAB_MEMORY:-512M}" quiet con=null con0=null,fd:1 \
    init="$results/init" umid="holdfast-$$" </dev/null >"$results/console" 2>&1 &
machine=$!
# The machine is a session of its own: nobody else ends it.
trap 'kill "$machine"; exit 143' TERM INT HUP
wait "$machine" || true
if [ ! -f "$results/status" ]; then
    echo "the kernel lab ended without a result:" >&2
    tail -n 20 "$results/console" >&2
    exit 1
fi
exit "$(cat "$results/status")"
