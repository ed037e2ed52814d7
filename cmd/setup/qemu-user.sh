# The user that libvirt runs QEMU as, and what it may reach. Sourced by cmd/setup.sh and cmd/setup/start-libvirtd.sh.

# The user that libvirt runs QEMU as.
qemu_user() {
  local user
  user=$(sed -nE 's/^[[:space:]]*user[[:space:]]*=[[:space:]]*"\+?([^"]*)".*/\1/p' /etc/libvirt/qemu.conf 2>/dev/null | tail -n 1)
  for user in "$user" libvirt-qemu qemu; do
    [ -n "$user" ] && id "$user" >/dev/null 2>&1 && { printf '%s' "$user"; return; }
  done
  printf 'root'
}

# may_pass USER DIRECTORY: others may, or an access control list lets this user.
may_pass() {
  [ $((0$(stat --format=%a "$2") & 1)) = 1 ] ||
    getfacl --omit-header --absolute-names --no-effective "$2" 2>/dev/null | grep --quiet "^user:$1:..x"
}

# QEMU runs as a user of its own and must get to the disks and media in this checkout, also when it lies in a home
# directory that is closed to others, as /root is.
let_qemu_reach_the_checkout() {
  local user directory closed=()
  user=$(qemu_user)
  [ "$user" != root ] || return 0
  for directory in img iso; do
    while [ "$directory" != / ]; do
      directory=$(cd "$root" && realpath "$directory")
      may_pass "$user" "$directory" || [[ " ${closed[*]} " = *" $directory "* ]] || closed+=("$directory")
      directory=$(dirname "$directory")
    done
  done
  [ ${#closed[@]} -gt 0 ] || return 0
  announce "letting the user $user, as whom QEMU runs, pass through ${closed[*]} (setfacl)" || return 0
  setfacl --modify "user:$user:x" "${closed[@]}" 2>/dev/null ||
    { can_be_root && as_root setfacl --modify "user:$user:x" "${closed[@]}" 2>/dev/null; } ||
    say "that did not work: virtual machines whose disks lie in $root will not start. Move the checkout, for instance to /opt." >&2
}
