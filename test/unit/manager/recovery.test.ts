import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createRecovery } from '../../../cmd/manager/recovery.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import type { Operations } from '../../../internal/operations/operations.ts';

it('settles the journal at the next chance when it could not be read', async () => {
  let calls = 0;
  const operations = {
    watch: () => () => undefined,
    recover: () => {
      calls += 1;
      return calls === 1
        ? Promise.reject(new ProtiumError('internal', 'disk I/O error'))
        : Promise.resolve({ resumed: [], undone: [], unresolved: [] });
    },
  } as unknown as Operations;
  const client = {
    host: { ping: () => Promise.resolve() },
    events: { onConnection: () => () => undefined },
  } as unknown as LibvirtClient;
  const recovery = createRecovery({ client, operations, log: pino({ level: 'silent' }) });
  await expect(recovery.ready()).rejects.toMatchObject({ code: 'internal' });
  await recovery.ready();
  expect(calls).toBe(2);
  await recovery.ready();
  expect(calls).toBe(2);
});
