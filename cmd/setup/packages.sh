# The distribution's packages. Sourced by cmd/setup.sh.

has_systemd() { [ -d /run/systemd/system ]; }

# Sets distribution (debian, fedora or other) and distribution_name. PROTIUM_OS_RELEASE: another os-release file (tests).
read_distribution() {
  local file=${PROTIUM_OS_RELEASE:-/etc/os-release} ids=''
  distribution=other distribution_name='this system'
  if [ -r "$file" ]; then
    ids=$(. "$file" && printf ' %s %s ' "${ID:-}" "${ID_LIKE:-}")
    distribution_name=$(. "$file" && printf '%s' "${PRETTY_NAME:-${ID:-this system}}")
  fi
  case $ids in
    *' debian '* | *' ubuntu '*) distribution=debian ;;
    ' fedora '*) distribution=fedora ;;
  esac
}

# Sets required to the names of the packages that this distribution needs.
list_required() {
  case $distribution in
    debian | other)
      required=(qemu-system-x86 qemu-utils ovmf swtpm swtpm-tools libvirt-daemon-system libvirt-daemon-driver-qemu
        libvirt-daemon-config-network libvirt-clients dnsmasq-base dnsmasq-utils iptables nftables iproute2 acl pci.ids genisoimage openssl
        openssh-client git)
      # What the tests and the guest image's builder run.
      [ "$for_tests" = no ] || required+=(python3-libvirt python3-grpcio python3-protobuf python3-yaml libxml2-utils
        cpio curl zstd xz-utils mtools dosfstools syslinux syslinux-common isolinux fdisk kmod poppler-utils procps sqlite3 systemd tini util-linux
        guestfs-tools e2fsprogs)
      [ "$for_passthrough_tests" = no ] || required+=(mmdebstrap) ;;
    fedora)
      required=(qemu-system-x86 qemu-img edk2-ovmf swtpm swtpm-tools libvirt-daemon-kvm libvirt-daemon-proxy
        libvirt-daemon-config-network libvirt-client dnsmasq dnsmasq-utils iptables-nft nftables iproute acl hwdata xorriso openssl
        openssh git) ;;
  esac
  has_systemd || required+=(tini)
  has_systemd || [ "$distribution" != fedora ] || required+=(libvirt-daemon)
}

# Sets missing to the required packages that are not installed.
find_missing() {
  local name installed
  missing=()
  case $distribution in
    debian) installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${required[@]}" 2>/dev/null || true) ;;
    fedora) installed=$(rpm --query --queryformat 'installed %{NAME}\n' --whatprovides "${required[@]}" 2>/dev/null || true) ;;
  esac
  for name in "${required[@]}"; do
    grep --quiet --line-regexp --fixed-strings "installed $name" <<<"$installed" || missing+=("$name")
  done
  [ "$distribution" = debian ] && find_missing_drivers
  return 0
}

# Newer Debian and Ubuntu releases have libvirt's drivers in packages of their own, older ones have no such packages:
# so ask for a driver only where libvirt is there and the driver is not.
find_missing_drivers() {
  local directory name
  for directory in /usr/lib/*/libvirt/connection-driver; do
    [ -d "$directory" ] || continue
    for name in network nodedev nwfilter secret storage; do
      [ -e "$directory/libvirt_driver_$name.so" ] || missing+=("libvirt-daemon-driver-$name")
    done
  done
}

install_command() {
  case $distribution in
    fedora) printf 'dnf install %s' "$*" ;;
    *) printf 'apt-get update && apt-get install --no-install-recommends %s' "$*" ;;
  esac
}

install_packages() {
  local required=() missing=() distribution distribution_name turn
  [ "$(uname -m)" = x86_64 ] || refuse "this machine is $(uname -m); Protium runs on x86_64 machines only."
  read_distribution
  list_required
  if [ "$distribution" = other ]; then
    check_by_commands
    return
  fi
  if [ "$distribution" = fedora ] && [ "$for_tests" = yes ]; then
    refuse 'the tests build their guest from Debian packages: run them on Debian or Ubuntu.'
  fi
  for turn in first second; do # second: drivers that turn out to be missing once libvirt itself is there
    find_missing
    [ ${#missing[@]} -gt 0 ] || return 0
    announce "installing ${missing[*]}" || return 0
    can_be_root || refuse "this needs root, and sudo is not to be had. Run this as root, then try again: $(install_command "${missing[@]}")"
    "install_on_$distribution" "${missing[@]}"
  done
  find_missing
  [ ${#missing[@]} -eq 0 ] || refuse "still missing after the installation: ${missing[*]}. Please install them by hand."
}

# No package manager that we know: what counts is that the programs are there.
check_by_commands() {
  local name lacking=()
  for name in qemu-system-x86_64 qemu-img swtpm swtpm_setup libvirtd virsh dnsmasq iptables ip openssl ssh-keygen; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$name" >/dev/null || lacking+=("$name")
  done
  command -v xorrisofs genisoimage >/dev/null || lacking+=('xorrisofs or genisoimage')
  [ ${#lacking[@]} -gt 0 ] || return 0
  refuse "$distribution_name is neither Debian, Ubuntu nor Fedora, so please install these programs yourself: ${lacking[*]}." \
    "(Debian's names of the packages: ${required[*]}.)"
}

install_on_debian() {
  local apt=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get --yes --quiet -o DPkg::Lock::Timeout=600)
  local updated=yes
  if [ -n "$(dpkg --audit 2>/dev/null)" ]; then
    say 'finishing an installation that was interrupted (dpkg --configure -a)'
    quietly as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold ||
      refuse 'dpkg cannot finish an earlier installation. Repair that first (dpkg --audit says what is wrong), then try again.'
  fi
  quietly as_root "${apt[@]}" --error-on=any update || updated=no
  quietly as_root "${apt[@]}" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "$@" && return
  [ "$updated" = yes ] ||
    refuse "the package lists could not be brought up to date: is there a network, and does /etc/apt name a mirror that answers?" \
      "Then try again, or install by hand: $(install_command "$@")"
  refuse "apt-get could not install the packages (its last words are above). Try by hand: $(install_command "$@")"
}

install_on_fedora() {
  quietly as_root dnf --assumeyes --quiet install "$@" ||
    refuse "dnf could not install the packages (its last words are above). Is there a network? By hand: $(install_command "$@")"
}
