import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { ForwardingEvidence } from './evidence.ts';

const deadlineMs = 5000;

/** Reads the firewall's rules for forwarded packets of this machine; changes nothing. */
export async function gatherForwarding(root: string): Promise<ForwardingEvidence> {
  const [rules, forward] = await Promise.all([
    listRules(),
    readFile(path.join(root, 'proc/sys/net/ipv4/ip_forward'), 'utf8').catch(() => null),
  ]);
  return { ...readRules(rules), ipForward: forward === null ? null : forward.trim() === '1' };
}

/** All rules of the filter table as `iptables -S` writes them; null: there is no iptables, or it may not be asked. */
async function listRules(): Promise<string | null> {
  const { stdout, failed } = await execa('iptables', ['-w', '2', '-S'], {
    reject: false,
    timeout: deadlineMs,
    stdin: 'ignore',
  });
  return failed ? null : stdout;
}

/** @param rules the output of `iptables -S` */
export function readRules(rules: string | null): Omit<ForwardingEvidence, 'ipForward'> {
  if (rules === null) return { policy: null, docker: false, guestsAccepted: false };
  const lines = rules.split('\n');
  return {
    policy: lines.includes('-P FORWARD DROP') ? 'DROP' : 'ACCEPT',
    docker: lines.includes('-N DOCKER-USER') || lines.includes('-N DOCKER'),
    // libvirt's own chains, or a rule of the administrator for its bridges.
    guestsAccepted: lines.some(
      (line) =>
        /^-A (?:FORWARD|DOCKER-USER) .*-j (?:ACCEPT|LIBVIRT_FW[IO])\b/.test(line) &&
        /virbr|LIBVIRT_FW/.test(line),
    ),
  };
}
