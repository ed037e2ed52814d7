import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** A config that names no network gets the one named `default`. */
export function checkNetworks({ libvirt, networks }: Evidence): readonly Finding[] {
  if (!libvirt.connected)
    return [finding('network', 'unknown', 'Networks are not known while libvirt cannot be reached.')];
  const network = networks.find(({ name }) => name === 'default');
  if (network === undefined) {
    return [
      finding(
        'network',
        'warning',
        'libvirt has no network "default", which VMs get when their config names none.',
        {
          fix: 'virsh net-define /usr/share/libvirt/networks/default.xml; virsh net-autostart default; virsh net-start default',
          details: { networks: networks.map(({ name }) => name) },
        },
      ),
    ];
  }
  if (!network.active) {
    return [
      finding(
        'network',
        'note',
        'The network "default" is not active; Protium starts it with the first VM on it.',
        {
          fix: network.autostart
            ? 'virsh net-start default'
            : 'virsh net-autostart default; virsh net-start default',
        },
      ),
    ];
  }
  return [finding('network', 'ok', `The network "default" is active (${network.bridge ?? 'no bridge'}).`)];
}

/** Docker sets the policy of the FORWARD chain to DROP, which cuts guests off. */
export function checkForwarding({ forwarding, networks }: Evidence): readonly Finding[] {
  const routed = networks.some(
    ({ active, forwardMode }) => active && forwardMode !== null && forwardMode !== 'bridge',
  );
  const details = {
    policy: forwarding.policy ?? 'unknown',
    docker: forwarding.docker,
    ipForward: forwarding.ipForward ?? 'unknown',
  };
  if (routed && forwarding.ipForward === false) {
    return [
      finding('forwarding', 'warning', 'net.ipv4.ip_forward is off: guests reach nothing beyond this host.', {
        fix: 'sysctl -w net.ipv4.ip_forward=1 (and keep it in /etc/sysctl.d), or restart the network: libvirt turns it on.',
        details,
      }),
    ];
  }
  if (forwarding.policy === 'DROP' && !forwarding.guestsAccepted) {
    return [
      finding(
        'forwarding',
        'warning',
        `The firewall drops what is forwarded${forwarding.docker ? ' (Docker sets this)' : ''}: guests may reach nothing beyond this host.`,
        {
          fix: forwarding.docker
            ? 'iptables -I DOCKER-USER -i virbr+ -j ACCEPT; iptables -I DOCKER-USER -o virbr+ -j ACCEPT (and keep it over a reboot), or "iptables": false in /etc/docker/daemon.json.'
            : 'Let packets of the bridges pass: iptables -I FORWARD -i virbr+ -j ACCEPT; iptables -I FORWARD -o virbr+ -j ACCEPT',
          details,
        },
      ),
    ];
  }
  if (forwarding.policy === null) {
    return [
      finding('forwarding', 'unknown', 'The firewall could not be read (that needs root and iptables).', {
        details,
      }),
    ];
  }
  return [finding('forwarding', 'ok', 'The firewall lets guests through.', { details })];
}
