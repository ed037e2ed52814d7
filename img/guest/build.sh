#!/bin/bash
# Builds Protium's test guest from Debian packages; see README.md beside this file.
#
#   build.sh [DIRECTORY]     leaves in DIRECTORY (default: img/ of this checkout)
#     protium-guest.qcow2      a disk that SeaBIOS and UEFI boot
#     protium-guest-vmlinux    the same kernel, uncompressed, for direct boot (PVH)
#     protium-guest-initrd     its initial RAM disk
#
# Nothing is downloaded but Debian packages, by apt-get. They and the built images are kept in
# $XDG_CACHE_HOME/protium-guest (root: /var/cache/protium-guest, others: ~/.cache/protium-guest).
# Nothing is installed; root is not needed. Exit status 3: a tool is missing; 4: apt cannot give a package.
set -euo pipefail
umask 022
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "${1:-$here/..}")
outputs=(protium-guest.qcow2 protium-guest-vmlinux protium-guest-initrd)
if [ -n "${XDG_CACHE_HOME-}" ]; then cache=$XDG_CACHE_HOME/protium-guest
elif [ "$(id -u)" = 0 ]; then cache=/var/cache/protium-guest
else cache=$HOME/.cache/protium-guest; fi

# shellcheck source=lib/packages.sh
. "$here/lib/packages.sh"
# shellcheck source=lib/kernel.sh
. "$here/lib/kernel.sh"
# shellcheck source=lib/root.sh
. "$here/lib/root.sh"
# shellcheck source=lib/disk.sh
. "$here/lib/disk.sh"

say() { echo "guest: $*" >&2; }
fail() { local status=$1; shift; say "$*"; exit "$status"; }

# The first of the paths that exists: Debian's releases put some files in different places.
first_of() {
  local path
  for path; do [ ! -e "$path" ] || { echo "$path"; return; }; done
  fail 1 "not in the packages: $1"
}

# What the result depends on besides the packages: every file here, its mode included. The README changes nothing.
hash_recipe() {
  (
    cd "$here"
    find . -type f ! -name README.md -printf '%m %p\n' | sort
    find . -type f ! -name README.md -print0 | sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -d' ' -f1
}

# Changes whenever apt-get update brought something new or the sources were edited.
apt_state() {
  { stat -c '%n %y' /var/lib/apt/lists /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null || true; } | sha256sum | cut -d' ' -f1
}

# True if DIRECTORY holds what this recipe made of the packages that apt knew then, and apt knows no others since.
is_current() {
  local file
  for file in "${outputs[@]}"; do [ -s "$output/$file" ] || return 1; done
  [ "$(cat "$output/.protium-guest" 2>/dev/null)" = "$1" ]
}

require_tools() {
  local pair missing=()
  # command:package
  for pair in apt-get:apt dpkg-deb:dpkg flock:util-linux cpio:cpio zstd:zstd xz:xz-utils modprobe:kmod depmod:kmod \
    sfdisk:fdisk mkfs.vfat:dosfstools mcopy:mtools syslinux:syslinux qemu-img:qemu-utils; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ -e "$syslinux_mbr" ] || missing+=(syslinux-common)
  [ ${#missing[@]} = 0 ] ||
    fail 3 "these packages are needed to build it: apt-get install $(printf '%s\n' "${missing[@]}" | sort -u | tr '\n' ' ')"
}

# Builds into a directory that gets its name only when all is there.
build() {
  local key=$1 recipe=$2 packages=$3 work
  say "building $key"
  rm -rf "$cache"/build.* # what an interrupted build left; we hold the lock
  work=$(mktemp -d "$cache/build.XXXXXX")
  # shellcheck disable=SC2064 # expanded now: $work is local
  trap "rm -rf '$work'" EXIT
  unpack_packages "$packages" "$work/packages"
  find_kernel "$work/packages"
  extract_vmlinux "$kernel_image" "$work/protium-guest-vmlinux"
  make_root "$work/packages" "$work/root"
  make_initrd "$work/root" "$work/protium-guest-initrd"
  make_disk "$work" "$work/protium-guest.qcow2"
  mkdir "$work/image"
  mv "${outputs[@]/#/$work/}" "$work/image/"
  printf '%s\n' "$recipe" >"$work/image/recipe"
  printf '%s\n' "$packages" >"$work/image/packages"
  mkdir -p "$cache/images"
  mv "$work/image" "$cache/images/$key"
}

# Copies under another name first, so that each file appears whole, and a VM that runs keeps the file it has open.
deliver() {
  local file
  mkdir -p "$output"
  rm -f "$output/.protium-guest"
  for file in "${outputs[@]}"; do
    cp --reflink=auto "$1/$file" "$output/.$file.$$"
    mv -f "$output/.$file.$$" "$output/$file"
  done
  printf '%s\n' "$2" >"$output/.protium-guest"
}

# The names of the cached images, the one used last first.
cached_images() {
  mkdir -p "$cache/images"
  find "$cache/images" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | cut -d' ' -f2
}

# Keeps the three images used last, and the packages of this one.
prune() {
  local image file
  touch "$cache/images/$1"
  cached_images | tail -n +4 | while IFS= read -r image; do rm -rf "${cache:?}/images/$image"; done
  find "$cache/packages" -name '*.deb' -printf '%f\n' |
    { grep -vxFf <(package_files "$(cat "$cache/images/$1/packages")") || true; } |
    while IFS= read -r file; do rm -f "$cache/packages/$file"; done
}

# Prints the newest cached image that this recipe made, of whatever packages.
image_of_recipe() {
  local image
  for image in $(cached_images); do
    [ "$(cat "$cache/images/$image/recipe")" = "$1" ] || continue
    echo "$image"
    return
  done
  return 1
}

main() {
  local recipe state packages key='' attempt
  recipe=$(hash_recipe)
  state="$recipe $(apt_state)"
  is_current "$state" && return

  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock -n 9 || { say "another build is running; waiting for it"; flock 9; }
  is_current "$state" && return

  require_tools
  # Packages that apt's lists name may be gone from the archive: then once more with new lists.
  for attempt in first second; do
    packages=$(resolve_packages)
    key=$(printf '%s\n%s\n' "$recipe" "$packages" | sha256sum | cut -c1-16)
    if [ -d "$cache/images/$key" ]; then break; fi
    if fetch_packages "$packages"; then
      build "$key" "$recipe" "$packages"
      break
    fi
    if [ "$attempt" = first ] && update_lists; then continue; fi
    key=$(image_of_recipe "$recipe") ||
      fail 4 "apt-get could not download the packages. Is the archive reachable? If apt's lists are old: apt-get update."
    say "cannot download newer packages; using the image that was built before"
    break
  done
  deliver "$cache/images/$key" "$recipe $(apt_state)"
  prune "$key"
  say "$output/protium-guest.qcow2 is ready ($(du -h "$output/protium-guest.qcow2" | cut -f1))"
}

main
