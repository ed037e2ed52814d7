# libvirtd on the usual socket. Sourced by cmd/setup.sh and cmd/setup/start-libvirtd.sh.

# libvirt_answers [SECONDS]: a stale socket, or a daemon that hangs, must not hang us.
libvirt_answers() {
  timeout --kill-after=1 "${1:-10}" virsh --quiet --connect qemu:///system connect </dev/null >/dev/null 2>&1
}

# runs NAME: whether the daemon NAME that wrote /run/NAME.pid is still there (and the number not another process's by now).
runs() { [ -s "/run/$1.pid" ] && [ "$(cat "/proc/$(cat "/run/$1.pid")/comm" 2>/dev/null)" = "$1" ]; }

# Whether the daemon is going to talk to this machine's own libvirtd.
uses_local_libvirtd() {
  case ${PROTIUM_LIBVIRT_URI:-qemu:///system} in qemu:///system | qemu+unix:///system) ;; *) return 1 ;; esac
}

ensure_libvirtd() {
  uses_local_libvirtd || return 0
  # Without virtlogd no machine starts; systemd starts it on demand.
  libvirt_answers && { has_systemd || runs virtlogd; } && return
  if has_systemd; then
    enable_libvirt_units
  elif is_root || ! runs libvirtd || ! runs virtlogd; then
    announce 'starting libvirtd (this machine has no service manager)' || return 0
    can_be_root || refuse "starting libvirtd needs root. Run this as root, then try again: bash $root/cmd/setup/start-libvirtd.sh"
    as_root bash "$root/cmd/setup/start-libvirtd.sh" 9>&-
  fi
  libvirt_answers && return
  [ "$check_only" = no ] || return 0
  is_root || ! as_root virsh --quiet --connect qemu:///system connect </dev/null >/dev/null 2>&1 ||
    refuse "libvirt does not let $(id -un) in. Add that user to the group libvirt (sudo usermod -aG libvirt $(id -un)), log in again, and try again."
  refuse 'libvirt does not answer on its usual socket (virsh -c qemu:///system list).'
}

enable_libvirt_units() {
  local units=(libvirtd.socket)
  # Where libvirt is split into one daemon for each driver; virtproxyd keeps the usual socket.
  systemctl cat libvirtd.socket >/dev/null 2>&1 ||
    units=(virtqemud.socket virtnetworkd.socket virtstoraged.socket virtnodedevd.socket virtnwfilterd.socket virtsecretd.socket virtproxyd.socket)
  systemctl is-active --quiet "${units[@]}" && return
  announce "enabling ${units[*]}" || return 0
  can_be_root || refuse "this needs root. Run this as root, then try again: systemctl enable --now ${units[*]}"
  quietly as_root systemctl enable --now "${units[@]}" ||
    refuse "systemd could not start libvirt (see above, and: systemctl status ${units[*]})."
}
