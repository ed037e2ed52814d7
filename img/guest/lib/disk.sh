#!/bin/bash
# Sourced by build.sh: the bootable disk.

syslinux_mbr=/usr/lib/syslinux/mbr/mbr.bin

# make_disk WORK FILE: MBR; 1: FAT with the boot loaders, kernel and initrd; 2: blank, the guest formats it as /data.
# Blank, because VMs write to overlays of this image: an overlay with its own /data stays valid when a later build
# puts a newer kernel under it. For the same reason the sizes below must not change.
make_disk() {
  local work=$1 raw=$1/disk.raw boot=$1/boot.raw boot_start=2048 boot_sectors=98304 data_sectors=161792
  local -x SOURCE_DATE_EPOCH=315532800 # for mtools: 1980, the first year that FAT knows
  fill_boot_directory "$work"
  truncate -s $((boot_sectors * 512)) "$boot"
  mkfs.vfat -F 16 -n PROTIUMBOOT -i 50524f54 --invariant --mbr=n -h $boot_start "$boot" >/dev/null
  mcopy -s -m -i "$boot" "$work"/boot/* ::/
  syslinux --install "$boot"

  truncate -s 128M "$raw"
  sfdisk -q "$raw" <<EOF
label: dos
label-id: 0x50524f54
start=$boot_start, size=$boot_sectors, type=c, bootable
start=$((boot_start + boot_sectors)), size=$data_sectors, type=83
EOF
  dd if="$syslinux_mbr" of="$raw" conv=notrunc bs=440 count=1 status=none
  dd if="$boot" of="$raw" conv=notrunc,sparse bs=1M seek=$((boot_start / 2048)) status=none
  qemu-img convert -O qcow2 "$raw" "$2"
}

# BIOS: syslinux, its configuration in the root directory. UEFI, secure boot too: shim, signed GRUB, signed kernel.
fill_boot_directory() {
  local work=$1 boot=$1/boot
  mkdir -p "$boot"/EFI/{BOOT,debian,ubuntu}
  cp "$kernel_image" "$boot/vmlinuz"
  cp "$work/protium-guest-initrd" "$boot/initrd"
  with_command_line "$here/boot/syslinux.cfg" >"$boot/syslinux.cfg"
  cp "$(first_of "$work"/packages/usr/lib/shim/shimx64.efi.signed{,.latest})" "$boot/EFI/BOOT/BOOTX64.EFI"
  cp "$work/packages/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$boot/EFI/BOOT/grubx64.efi"
  with_command_line "$here/boot/grub.cfg" | tee "$boot/EFI/debian/grub.cfg" >"$boot/EFI/ubuntu/grub.cfg"
  find "$boot" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
}

with_command_line() { sed "s|@CMDLINE@|$(cat "$here/boot/cmdline")|" "$1"; }
