import { describe, expect, test } from 'vitest';
import { unsupportedCalls } from '../../../../internal/libvirt/virsh/call-names.ts';
import { createVirshClient } from '../../../../internal/libvirt/virsh/client.ts';
import { commandTable } from '../../../../internal/libvirt/virsh/table.ts';

const notCalls = ['events'];

/** The compiler makes the client complete; so its methods are the interface's calls. */
function callsOfTheInterface(): readonly string[] {
  const client = createVirshClient({ uri: 'test:///default' });
  return Object.entries(client).flatMap(([group, methods]: [string, unknown]) =>
    typeof methods === 'object' && methods !== null && !notCalls.includes(group)
      ? Object.keys(methods).map((method) => `${group}.${method}`)
      : [],
  );
}

describe('the table of virsh commands', () => {
  test('has an entry for each call of the interface, or virsh is known to be unable to make it', () => {
    expect([...Object.keys(commandTable), ...unsupportedCalls].toSorted()).toEqual(
      callsOfTheInterface().toSorted(),
    );
  });

  test('is of some size', () => {
    expect(Object.keys(commandTable).length).toBeGreaterThan(130);
  });
});
