#!/usr/bin/env bash
# Starts virtlogd and libvirtd on their usual sockets, on a machine without a service manager. Needs root; safe to repeat.
# They outlive this shell and its terminal. To stop libvirtd: kill $(cat /run/libvirtd.pid); running machines go on without it.
#
# Two things differ from a bare `libvirtd --daemon`:
# - libvirtd runs below a subreaper (tini). QEMU detaches itself from libvirtd, and libvirt waits until an ended QEMU is gone:
#   a PID 1 that reaps slowly, or never, as those of containers and small machines, would delay or block every stop.
# - With a /dev/kvm that nobody can use it runs in a mount namespace where that one node cannot be opened. Otherwise libvirt's
#   own look at the node and that of the QEMU it asks can disagree; it then throws away what it learned of QEMU and asks again
#   for each machine that it starts, some 20 s each time. Everything else, /dev included, is the machine's own.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/say.sh"
source "$here/qemu-user.sh"
source "$here/kvm.sh"
source "$here/libvirt.sh"
log=/var/log/libvirt/libvirtd.log
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# env -i: a daemon that stays must not keep npm's environment.
detached() {
  (cd / && exec setsid --fork env -i PATH="$PATH" LANG=C.UTF-8 "$@" </dev/null >>"$log" 2>&1 8>&- 9>&-)
}

start() {
  local hide=no
  is_root || refuse 'start-libvirtd.sh needs root.'
  mkdir -p /run/lock /run/libvirt "$(dirname "$log")"
  exec 8>/run/lock/protium-libvirtd.lock # two checkouts may start at once
  flock 8
  runs virtlogd || virtlogd --daemon 8>&- 9>&- || refuse 'virtlogd does not start.'
  libvirt_answers 2 && return
  if runs libvirtd; then
    say 'libvirtd runs but does not answer yet; waiting'
  else
    case $(kvm_state) in
      absent) say 'there is no /dev/kvm: virtual machines are emulated, without hardware acceleration' ;;
      unusable)
        hide=yes
        say '/dev/kvm is there but cannot be used: virtual machines are emulated, without hardware acceleration' ;;
      usable) ;;
    esac
    ulimit -n 8192 2>/dev/null || true # as libvirt's own systemd unit does
    if [ "$hide" = yes ]; then
      detached tini -s -- unshare --mount --propagation slave bash "$here/start-libvirtd.sh" run without-kvm
    else
      detached tini -s -- bash "$here/start-libvirtd.sh" run
    fi
  fi
  local deadline=$((SECONDS + 90))
  while [ "$SECONDS" -lt "$deadline" ]; do
    # Asking for QEMU's version makes libvirt learn what QEMU can do now, not within the first request.
    timeout --kill-after=1 $((deadline - SECONDS)) virsh --quiet --connect qemu:///system version </dev/null >/dev/null 2>&1 && return
    sleep 0.2
  done
  tail -n 10 "$log" | sed 's/^/  | /' >&2
  refuse "libvirtd does not answer within 90 s (the end of $log is above)."
}

# Below tini, and in the mount namespace if there is one.
run() {
  local status started child stopping=no
  if [ "${1:-}" = without-kvm ]; then
    # Mode 000 stops those who ask whether they may open it, nodev stops those who just do. A bound character device, as
    # libvirt's own namespaces for QEMU cannot be built over a bound regular file.
    rm -f /run/libvirt/protium-no-kvm
    mknod --mode=000 /run/libvirt/protium-no-kvm c 10 232
    mount --bind -o nodev /run/libvirt/protium-no-kvm /dev/kvm
  fi
  trap 'stopping=yes; kill -TERM "$child" 2>/dev/null' TERM INT
  while :; do
    started=$SECONDS status=0
    libvirtd &
    child=$!
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do sleep 0.1; done # a trapped signal ends a wait early
    # As Restart=on-failure of libvirt's unit: again after a crash, but not when it cannot even start.
    if [ "$status" = 0 ] || [ "$stopping" = yes ] || [ $((SECONDS - started)) -lt 3 ]; then break; fi
  done
  # Running machines outlive libvirtd, and a later one takes them over: whoever reaps them must not go before them.
  while [ "$(wc -w <"/proc/$PPID/task/$PPID/children")" -gt 1 ]; do sleep 1; done
  exit "$status"
}

case ${1:-start} in
  start) start ;;
  run) run "${2:-}" ;;
  *) refuse "start-libvirtd.sh: unknown verb $1" ;;
esac
