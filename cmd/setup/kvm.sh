# Whether hardware acceleration can be used. Sourced by cmd/setup/start-libvirtd.sh.

# kvm_runs USER: a real, stopped machine with KVM and the host's CPU starts as USER. A node that opens is not enough: under
# some hypervisors KVM is there and its first ioctl for a CPU fails.
kvm_runs() {
  setpriv --reuid="$1" --regid="$(id -g "$1")" --init-groups \
    timeout --kill-after=1 10 qemu-system-x86_64 -no-user-config -nodefaults -display none -machine q35,accel=kvm \
    -cpu host -S -monitor stdio <<<quit >/dev/null 2>&1
}

# Prints absent, usable or unusable.
kvm_state() {
  local user
  [ -e /dev/kvm ] || { printf 'absent'; return; }
  user=$(qemu_user)
  if kvm_runs "$user"; then
    printf 'usable'
  elif [ "$user" != root ] && getent group kvm >/dev/null && kvm_runs root; then
    # It works, and only the node's owner is wrong: without a service manager nobody has applied the usual rule.
    chgrp kvm /dev/kvm && chmod g+rw /dev/kvm
    kvm_runs "$user" && printf 'usable' || printf 'unusable'
  else
    printf 'unusable'
  fi
}
