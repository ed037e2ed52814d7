#!/bin/bash
# Sourced by build.sh: which Debian packages, and getting them. A package list is lines "name version".
# Sets nothing; uses $here, $cache, say, fail.

# The kernel's metapackage: Debian's name, else Ubuntu's.
kernel_metapackages=(linux-image-amd64 linux-image-generic)
boot_loaders=(shim-signed grub-efi-amd64-signed)

wanted_packages() { sed 's/#.*//' "$here/packages" | grep -o '[^[:space:]]*'; }

# apt asked as on a machine where nothing is installed: then the answer does not depend on this one.
simulate_install() {
  apt-get -o Dir::State::status=/dev/null -o APT::Architecture=amd64 -o APT::Install-Recommends=false -s -qq -y install "$@" 2>&1
}

# select_packages PATTERN: of all that apt would install those whose name matches, as "name version".
select_packages() {
  awk -v pattern="^($1)\$" '
    $1 == "Inst" { name = $2; version = substr($3, 2); sub(/:amd64$/, "", name) }
    $1 == "Inst" && name ~ pattern && name !~ /-dev$|-perl$|-common$|^libperl|^libpam|^libsystemd/ { print name, version }'
}

# Prints the package list. Has apt update its lists once if it does not know the packages.
resolve_packages() {
  local meta programs kernel wanted
  mapfile -t wanted < <(wanted_packages)
  for attempt in first second; do
    for meta in "${kernel_metapackages[@]}"; do
      if programs=$(simulate_install "${wanted[@]}") && kernel=$(simulate_install "$meta" "${boot_loaders[@]}"); then
        {
          select_packages "$(IFS='|'; echo "${wanted[*]}")|(lib|zlib1g).*" <<<"$programs"
          select_packages "$(IFS='|'; echo "${boot_loaders[*]}")|linux-(image|modules|modules-extra)-[0-9].*" <<<"$kernel"
        } | sort
        return
      fi
    done
    [ "$attempt" = first ] || break
    update_lists || break
  done
  fail 4 "apt does not know all of: ${wanted[*]} ${boot_loaders[*]} ${kernel_metapackages[0]}. It says:
$(grep '^E:' <<<"$programs
${kernel-}")
Run apt-get update on a machine that has Debian's archive (main), then this again."
}

update_lists() {
  [ "$(id -u)" = 0 ] || return 1
  say "asking apt for newer package lists"
  apt-get -qq -o Acquire::Retries=0 update >&2
}

# The file name under which apt-get download stores a package: a colon in the version is written %3a.
package_files() {
  local name version
  while read -r name version; do
    printf '%s_%s_%s.deb\n' "$name" "${version//:/%3a}" amd64
    printf '%s_%s_%s.deb\n' "$name" "${version//:/%3a}" all
  done <<<"$1"
}

package_file() {
  local file
  for file in "$cache/packages/$1_${2//:/%3a}"_{amd64,all}.deb; do [ ! -s "$file" ] || { echo "$file"; return; }; done
  return 1
}

missing_packages() {
  local name version
  while read -r name version; do
    package_file "$name" "$version" >/dev/null || echo "$name=$version"
  done <<<"$1"
}

# apt verifies what it downloads. False if it cannot get all.
fetch_packages() {
  local missing incoming=$cache/packages/incoming
  mapfile -t missing < <(missing_packages "$1")
  [ ${#missing[@]} -gt 0 ] || return 0
  rm -rf "$incoming"
  mkdir -p "$incoming"
  say "downloading ${#missing[@]} packages"
  if ! (cd "$incoming" && apt-get -qq -o APT::Sandbox::User=root -o APT::Architecture=amd64 download "${missing[@]}") \
    >"$cache/download.log" 2>&1; then
    tail -n 2 "$cache/download.log" >&2
    return 1
  fi
  mv "$incoming"/*.deb "$cache/packages/"
  rmdir "$incoming"
}

# All files of the packages under one directory; of the kernel only the module directories that the guest may use.
unpack_packages() {
  local name version
  mkdir -p "$2"
  while read -r name version; do
    dpkg-deb --fsys-tarfile "$(package_file "$name" "$version")" | tar -x -C "$2" --no-same-owner \
      --exclude='*/drivers/gpu/*' --exclude='*/drivers/media/*' --exclude='*/drivers/net/wireless/*' --exclude='*/sound/*' \
      --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' --exclude='./usr/share/man/*'
  done <<<"$1"
}
