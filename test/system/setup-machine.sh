#!/bin/bash
# Turns a private host, from inside, into a machine without a service manager on which libvirtd does not run yet, and with a
# /dev/kvm that opens and does not work. Argument: the private host's directory. libvirt's socket stays where it was.
set -euo pipefail

for daemon in libvirtd virtlogd; do
  pid=$(cat "/run/libvirt/$daemon.pid")
  kill "$pid"
  while [ -e "/proc/$pid" ]; do sleep 0.02; done
done
umount /run/libvirt
umount --recursive /run/keep-cgroup
find "$1/run" -mindepth 1 -delete
mount -t tmpfs tmpfs /run # pid files and locks lie directly in /run
mkdir /run/libvirt
mount --bind "$1/run" /run/libvirt
mknod --mode=666 /dev/kvm c 1 3
