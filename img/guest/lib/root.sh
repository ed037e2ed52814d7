#!/bin/bash
# Sourced by build.sh: the guest's root filesystem, which is its initial RAM disk.

programs=(
  usr/sbin/dropbear usr/bin/dropbearkey usr/bin/dropbearconvert usr/sbin/qemu-ga usr/bin/lua5.4 usr/sbin/mke2fs
  usr/lib/openssh/sftp-server
)

# make_root PACKAGES ROOT
make_root() {
  local from=$1 root=$2 program applet
  mkdir -p "$root"/{bin,sbin,lib,lib64,usr/bin,usr/sbin,usr/lib/openssh,usr/share,proc,sys,dev,run,root/.ssh,home,data,srv/www,mnt} \
    "$root"/{etc/dropbear,var/log,var/empty}
  mkdir -m 1777 "$root/tmp"
  ln -s /run "$root/var/run"

  cp -P "$(first_of "$from/bin/busybox" "$from/usr/bin/busybox")" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do
    [ "$applet" = busybox ] || [ "$applet" = mke2fs ] || ln -s busybox "$root/bin/$applet"
  done
  ln -s bin/busybox "$root/init"
  # the kernel itself calls /sbin/modprobe; others expect these under /sbin
  for applet in init modprobe getty reboot poweroff halt; do ln -s ../bin/busybox "$root/sbin/$applet"; done

  for program in "${programs[@]}"; do
    cp "$(first_of "$from/$program" "$from/${program#usr/}")" "$root/$program"
  done
  ln -s openssh/sftp-server "$root/usr/lib/sftp-server" # where dropbear looks for it
  copy_lua_yaml "$from" "$root"
  copy_libraries "$from" "$root"
  copy_modules "$from" "$root"
  cp -R "$here/root/." "$root/"
  chmod 700 "$root/root" "$root/root/.ssh"
  chmod 600 "$root/etc/shadow"
}

copy_lua_yaml() {
  mkdir -p "$2/usr/share/lua/5.4" "$2/usr/lib/x86_64-linux-gnu/lua/5.4"
  cp -RL "$1/usr/share/lua/5.1/lyaml" "$2/usr/share/lua/5.4/"
  cp -L "$1/usr/lib/x86_64-linux-gnu/lua/5.4/yaml.so" "$2/usr/lib/x86_64-linux-gnu/lua/5.4/"
}

# The shared libraries of all programs, found with the packages' own loader, so that this machine's are not looked at.
copy_libraries() {
  local from=$1 root=$2 loader path binary library
  loader=$(first_of "$from"/lib64/ld-linux-x86-64.so.2 "$from"/usr/lib64/ld-linux-x86-64.so.2)
  loader=$(first_of "$from"/{usr/,}lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$loader")
  path=$from/lib/x86_64-linux-gnu:$from/usr/lib/x86_64-linux-gnu
  cp -L "$loader" "$root/lib64/ld-linux-x86-64.so.2"
  for binary in "${programs[@]/#/$root/}" "$root"/usr/lib/x86_64-linux-gnu/lua/5.4/yaml.so; do
    "$loader" --library-path "$path" --list "$binary" || fail 1 "cannot resolve the libraries of $binary"
  done | awk '/=> not found/ { exit 1 } $2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u >"$root.libraries" ||
    fail 1 "a library is in none of the packages"
  while IFS= read -r library; do
    case $library in
      "$from"/*) [ "${library##*/}" = ld-linux-x86-64.so.2 ] || cp -L "$library" "$root/usr/lib/x86_64-linux-gnu/" ;;
      *) fail 1 "$library comes from this machine, not from a package" ;;
    esac
  done <"$root.libraries"
}

# make_initrd ROOT FILE: owner, order and times fixed, so that equal input gives equal bytes.
make_initrd() {
  find "$1" -exec touch -h -d @0 {} +
  (cd "$1" && find . -print0 | sort -z | cpio -o -0 -H newc --quiet -R 0:0 --reproducible) | zstd -q -12 -T1 >"$2"
}
