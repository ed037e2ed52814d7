import { expect, it } from 'vitest';
import { authorizedServices } from '../../../internal/api/v1/authorized-services.ts';
import { instancesService, type InstancesSource } from '../../../internal/api/v1/instances.ts';
import { v1Policy } from '../../../internal/authorization/policy/v1.ts';
import type { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { Caller } from '../../../internal/identity/caller.ts';
import { contextOf } from '../api/v1/context.ts';
import { fakeHost } from '../instances/fake-host.ts';
import { unlimited } from '../instances/no-limits.ts';
import { databasePath } from '../operations/fixture.ts';
import { card, machine } from '../placement/hosts.ts';
import { blue, person, red } from './callers.ts';
import { createObjects, type ObjectSources } from '../../../internal/authorization/find-objects.ts';

const facts = machine({
  coresPerNode: 8,
  memoryMib: 65_536,
  pci: ['0000:01:00', '0000:02:00'].flatMap((slot, index) => card(slot, 10 + index)),
});
const gpu = { slots: 1, ramsize: 1024, pci: [{ vendor: '10de', model: '2489' }] };
const lists: Readonly<Record<string, readonly string[]>> = { [red]: [], [blue]: ['0000:02:00.0'] };

function plans() {
  const limits = { ...unlimited, devices: (owner: string) => lists[owner] ?? null };
  const { instances } = fakeHost(facts, databasePath(), undefined, undefined, () => limits);
  const objects = createObjects({ specOf: () => null } as unknown as ObjectSources);
  const service = instancesService({ instances } as unknown as InstancesSource);
  const [authorized] = authorizedServices([service], v1Policy, objects);
  return async (caller: Caller, owner = ''): Promise<unknown> => {
    const plan = authorized?.methods['planInstance'];
    try {
      const asked = { config: structuredClone(gpu), owner };
      const answer = (await plan?.(asked as never, contextOf(caller))) as {
        readonly plan?: { readonly pci: readonly { readonly address: string }[] };
        readonly reasons: readonly { readonly code: string }[];
      };
      const [device] = answer.plan?.pci ?? [];
      return device?.address ?? answer.reasons.map(({ code }) => code).join();
    } catch (error) {
      return (error as ProtiumError).code;
    }
  };
}

it('a plan has only devices that the project may have, as a creation has', async () => {
  const plan = plans();
  expect(await plan(person({ [red]: 'viewer' }))).toBe('device-withheld');
  expect(await plan(person({ [blue]: 'viewer' }))).toBe('0000:02:00.0');
  const ofBoth = person({ [red]: 'viewer', [blue]: 'viewer' });
  expect(await plan(ofBoth)).toBe('device-withheld');
  expect(await plan(ofBoth, blue)).toBe('0000:02:00.0');
  // Where nobody has set a list, the host gives what it has.
  expect(await plan(person({ ['c'.repeat(32)]: 'viewer' }))).toBe('0000:01:00.0');
});

it('is made only for a project in which one has a role', async () => {
  expect(await plans()(person({ [red]: 'viewer' }), blue)).toBe('not-found');
});
