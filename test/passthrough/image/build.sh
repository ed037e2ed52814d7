#!/bin/bash
# Builds the test host of test/passthrough from Debian 12 packages: a machine with libvirt, QEMU and sshd that QEMU boots.
#
#   build.sh DIRECTORY     leaves in DIRECTORY
#     root.img               its root filesystem (ext4)
#     vmlinux                its kernel, uncompressed, for direct boot (PVH)
#     initrd                 its initial RAM disk, which only mounts the root filesystem
#
# A second run with nothing changed here does nothing; newer packages in the archive are no change: remove DIRECTORY for them.
# Needs root. Exit status 3: a tool is missing.
set -euo pipefail
umask 022
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "$1")
guest=$here/../../../img/guest/lib

# shellcheck source=../../../img/guest/lib/kernel.sh
. "$guest/kernel.sh"
# shellcheck source=../../../img/guest/lib/root.sh
. "$guest/root.sh"

say() { echo "test host: $*" >&2; }
fail() { local status=$1; shift; say "$*"; exit "$status"; }

first_of() {
  local path
  for path; do [ ! -e "$path" ] || { echo "$path"; return; }; done
  fail 1 "not in the packages: $1"
}

# What the result depends on: every file here, its mode included, and the functions from the guest's builder.
hash_recipe() {
  (
    cd "$here"
    find . -type f -printf '%m %p\n' | sort
    find . "$guest/kernel.sh" "$guest/root.sh" -type f -print0 | sort -z | xargs -0 sha256sum | cut -d' ' -f1
  ) | sha256sum | cut -d' ' -f1
}

require_tools() {
  local pair missing=()
  # command:package
  for pair in mmdebstrap:mmdebstrap mke2fs:e2fsprogs flock:util-linux cpio:cpio zstd:zstd xz:xz-utils modprobe:kmod; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} = 0 ] || fail 3 "these packages are needed to build it: apt-get install ${missing[*]}"
  [ "$(id -u)" = 0 ] || fail 1 'needs root: the packages are installed in a root of their own'
}

# The sources of Debian 12 that this machine has; none: mmdebstrap knows some itself.
debian_sources() {
  # shellcheck disable=SC2016 # apt fills it in
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian' 2>/dev/null |
    grep ' bookworm' || true
}

# What this host never loads, nor reads.
unwanted=(
  /usr/share/{man,doc,locale,iso-codes,i18n,zoneinfo}
  /lib/modules/'*'/kernel/drivers/{media,staging,infiniband,iio,scsi,gpu/drm/amd,gpu/drm/i915,gpu/drm/nouveau,gpu/drm/radeon}
  /lib/modules/'*'/kernel/drivers/net/{wireless,ethernet/mellanox,ethernet/chelsio,ethernet/broadcom,ethernet/qlogic}
)

install_root() {
  local packages options=() path sources
  packages=$(sed 's/#.*//' "$here/packages" | grep -o '[^[:space:]]*' | paste -sd,)
  for path in "${unwanted[@]}"; do options+=("--dpkgopt=path-exclude=$path/*"); done
  sources=$(debian_sources)
  # INITRD: the kernel's package makes no initial RAM disk; ours is smaller.
  INITRD=No mmdebstrap --quiet --variant=essential --include="$packages" "${options[@]}" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    bookworm "$1" ${sources:+-} <<<"$sources" >"$2" 2>&1 || { tail -n 15 "$2" >&2; fail 1 'mmdebstrap failed (its last words are above)'; }
  rm -rf "${1:?}"/var/{cache/apt,lib/apt/lists}/*
  cp -R "$here/root/." "$1/"
}

build() {
  local work=$1 root=$1/root
  install_root "$root" "$work/mmdebstrap.log"
  find_kernel "$root"
  extract_vmlinux "$kernel_image" "$work/vmlinux"
  rm "$kernel_image"
  mkdir -p "$work/initial"/{bin,dev,proc,root}
  cp "$root/bin/busybox" "$work/initial/bin/"
  ln -s busybox "$work/initial/bin/sh"
  install -m 755 "$here/initrd-init" "$work/initial/init"
  copy_modules "$root" "$work/initial"
  make_initrd "$work/initial" "$work/initrd"
  mke2fs -q -t ext4 -O ^has_journal -d "$root" "$work/root.img" 3G >/dev/null
}

main() {
  local recipe work file
  recipe=$(hash_recipe)
  mkdir -p "$output"
  exec 9>"$output/lock"
  flock 9
  [ "$(cat "$output/recipe" 2>/dev/null)" != "$recipe" ] || return 0
  require_tools
  say 'building it from Debian packages; this takes minutes, once'
  rm -rf "$output"/{recipe,build.*}
  work=$(mktemp -d "$output/build.XXXXXX")
  # shellcheck disable=SC2064 # expanded now: $work is local
  trap "rm -rf '$work'" EXIT
  build "$work"
  for file in root.img vmlinux initrd; do mv "$work/$file" "$output/$file"; done
  echo "$recipe" >"$output/recipe"
  say "$output is ready ($(du -h "$output/root.img" | cut -f1))"
}

main
