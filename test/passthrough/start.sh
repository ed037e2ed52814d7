#!/bin/bash
# Sourced by process 1 of the test host when its devices are there. The addresses are those of devices.ts.

interface_of() { ls "/sys/bus/pci/devices/$1"/{net,virtio*/net} 2>/dev/null | grep -m 1 '^e'; }
join_network() { ip address add "$2" dev "$1" && ip link set "$1" up; }

mkdir -p /srv/data
mount /dev/nvme0n1 /srv/data
join_network "$(interface_of 0000:06:01.0)" 192.0.2.2/24
ip route add default via 192.0.2.1

join_network "$(interface_of 0000:00:05.0)" 10.0.2.15/24
mkdir -p -m 700 /run/sshd /root/.ssh
install -m 600 /run/program/authorized_keys /root/.ssh/authorized_keys
install -m 600 /run/program/ssh_host_key /run/ssh_host_key
/usr/sbin/sshd -h /run/ssh_host_key

virtlogd -d
libvirtd -d
