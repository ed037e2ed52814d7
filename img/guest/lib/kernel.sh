#!/bin/bash
# Sourced by build.sh: the kernel image and its modules.

# Sets kernel_version and kernel_image.
find_kernel() {
  kernel_image=$(first_of "$1"/boot/vmlinuz-*)
  kernel_version=${kernel_image##*/vmlinuz-}
}

# unsigned_at FILE OFFSET BYTES: a little-endian number of the file.
unsigned_at() { od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# Takes the ELF kernel out of a bzImage. QEMU boots it by its PVH note: no slow decompression on an emulated CPU.
# The setup header says where it lies (Linux, Documentation/arch/x86/boot.rst): setup_sects at 0x1f1, payload_offset at
# 0x248 and payload_length at 0x24c. Its last four bytes are the uncompressed length, part of the format for gzip only.
extract_vmlinux() {
  local sectors offset length magic
  sectors=$(unsigned_at "$1" $((0x1f1)) 1)
  offset=$(((sectors + 1) * 512 + $(unsigned_at "$1" $((0x248)) 4)))
  length=$(unsigned_at "$1" $((0x24c)) 4)
  magic=$(od -An -t x1 -j "$offset" -N 4 "$1" | tr -d ' ')
  case $magic in
    1f8b*) payload "$1" "$offset" "$length" | gzip -dc ;;
    fd377a58) payload "$1" "$offset" $((length - 4)) | xz -dc ;;
    28b52ffd) payload "$1" "$offset" $((length - 4)) | zstd -dc ;;
    02214c18) payload "$1" "$offset" $((length - 4)) | lz4 -dc ;;
    *) fail 1 "the kernel's compression is unknown (magic $magic)" ;;
  esac >"$2"
  [ "$(head -c 4 "$2" | tail -c 3)" = ELF ] || fail 1 "no ELF kernel in $1"
}

payload() { dd if="$1" bs=1M skip="$2" count="$3" iflag=skip_bytes,count_bytes status=none; }

# copy_modules PACKAGES ROOT: the modules named in the list with all they depend on, uncompressed, and their index.
copy_modules() {
  local from=$1 root=$2 names module target
  # a merged /usr: kmod looks under /lib/modules
  [ -d "$from/lib/modules" ] || { mkdir -p "$from/lib" && mv "$from/usr/lib/modules" "$from/lib/"; }
  depmod -b "$from" "$kernel_version" 2>/dev/null
  mapfile -t names < <(sed 's/#.*//' "$here/modules" | grep -o '[^[:space:]]*')
  modprobe -d "$from" -S "$kernel_version" -a --show-depends "${names[@]}" >"$root.modules" ||
    fail 1 "a module of img/guest/modules is not in kernel $kernel_version"
  awk '$1 == "insmod" { print $2 }' "$root.modules" | sort -u | while IFS= read -r module; do
    target=$root/lib/modules/$kernel_version/${module#*/lib/modules/"$kernel_version"/}
    mkdir -p "${target%/*}"
    case $module in
      *.xz) xz -dc "$module" >"${target%.xz}" ;;
      *.zst) zstd -qdc "$module" >"${target%.zst}" ;;
      *) cp "$module" "$target" ;;
    esac
  done
  cp "$from/lib/modules/$kernel_version"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$kernel_version/"
  depmod -b "$root" "$kernel_version"
  rm -f "$root/lib/modules/$kernel_version"/modules.*.bin # busybox reads the text ones
}
