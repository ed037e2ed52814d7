#!/usr/bin/env bash
# Makes this machine and this checkout ready for `npm start` and `npm test`. See usage below, or --help.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR
source "$root/cmd/setup/say.sh"
source "$root/cmd/setup/packages.sh"
source "$root/cmd/setup/qemu-user.sh"
source "$root/cmd/setup/npm.sh"
source "$root/cmd/setup/build.sh"
source "$root/cmd/setup/libvirt.sh"

usage() {
  cat <<'TEXT'
Usage: bash cmd/setup.sh [--for-tests | --for-passthrough-tests | --for-browser-tests | --build] [--no-libvirtd] [--check]

Installs what Protium needs and this machine lacks: QEMU, libvirt, OVMF, swtpm … (Debian, Ubuntu: apt-get; Fedora: dnf),
the npm dependencies and the build, and starts libvirtd if it does not answer. Safe to repeat; says only what it does.
Tried on Debian 12; what it does on Ubuntu and Fedora comes from their documentation.

  --for-tests    also what the tests need; leaves libvirtd alone (the tests start their own)
  --for-passthrough-tests
                 also what npm run test:passthrough needs to make its machine
  --for-browser-tests
                 also Chromium, for npm run test:browser
  --build        only the npm dependencies and the build
  --no-libvirtd  leave libvirtd alone
  --check        change nothing: say what would be done, and end with status 1 if that is anything
  --help         this text
TEXT
}

for_tests=no for_passthrough_tests=no for_browser_tests=no with_packages=yes with_libvirtd=yes
for argument in "$@"; do
  case $argument in
    --for-tests) for_tests=yes with_libvirtd=no ;;
    --for-passthrough-tests) for_tests=yes for_passthrough_tests=yes with_libvirtd=no ;;
    --for-browser-tests) for_tests=yes for_browser_tests=yes with_libvirtd=no ;;
    --build) with_packages=no with_libvirtd=no ;;
    --no-libvirtd) with_libvirtd=no ;;
    --check) check_only=yes ;;
    --help) usage; exit 0 ;;
    *) usage >&2; refuse "unknown option: $argument" ;;
  esac
done

trap 'exit 130' INT # after Ctrl-C not the next step, and no guess at what went wrong; apt-get ends its own step first
cd "$root"
take_turns
require_node
if [ "$with_packages" = yes ]; then
  install_packages
  let_qemu_reach_the_checkout
fi
install_npm_dependencies
build
[ "$with_libvirtd" = no ] || ensure_libvirtd
[ "$incomplete" = no ]
