import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { requireBridgeFiltering } from '../../../internal/firewall/bridge-filtering.ts';
import { temporaryDirectory } from '../store/state.ts';

function hostWith(settings: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory();
  const directory = path.join(root, 'proc/sys/net/bridge');
  mkdirSync(directory, { recursive: true });
  for (const [name, value] of Object.entries(settings))
    writeFileSync(path.join(directory, name), `${value}\n`);
  return root;
}

it.each([
  ['says nothing', {}],
  ['filters', { 'bridge-nf-call-iptables': '1', 'bridge-nf-call-ip6tables': '1' }],
])('a host that %s will do', (_what, settings) => {
  expect(() => requireBridgeFiltering(hostWith(settings))).not.toThrow();
});

it.each(['bridge-nf-call-iptables', 'bridge-nf-call-ip6tables'])('a host without %s will not', (setting) => {
  expect(() => requireBridgeFiltering(hostWith({ [setting]: '0' }))).toThrow(
    expect.objectContaining({
      code: 'host-incapable',
      details: { setting: `net.bridge.${setting}` },
    }) as Error,
  );
});
