import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit } from '../../internal/audit/create-audit.ts';
import type { Action } from '../../internal/audit/entry.ts';
import { openDatabaseFile } from '../../internal/store/sqlite-database.ts';
import { median, percentile, short, timed } from './statistics.ts';
import { printTable } from './table.ts';

const project = 'a'.repeat(32);
const action: Action = {
  actor: { user: 'anna', way: 'token', credential: 'k1', address: '192.0.2.7:50122', project },
  requestId: '11111111-2222-4333-8444-555555555555',
  method: 'protium.v1.InstancesService/StartInstance',
  subject: { kind: 'instance', id: 'web1', project },
};
const log = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** What the audit record adds to a change: an attempt and an outcome, both on disk. */
export async function benchAudit(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'protium-bench-audit-'));
  const database = openDatabaseFile(join(directory, 'protium.db'));
  const audit = createAudit({ database, log, directory, reads: false });
  try {
    const change = () => audit.recorded(action, () => undefined);
    const alone = await timed(500, change);
    const together = await timed(20, () => Promise.all(Array.from({ length: 50 }, change)));
    const { entries } = await audit.verify();
    const verify = await timed(5, () => audit.verify());
    const ms = (value: number) => `${short(value)} ms`;
    printTable('What the audit record adds', [
      { what: 'a change alone, p50', value: ms(median(alone)) },
      { what: 'a change alone, p99', value: ms(percentile(alone, 99)) },
      { what: 'a change of 50 at once, p50', value: ms(median(together) / 50) },
      { what: `verifying ${entries} entries`, value: ms(median(verify)) },
    ]);
  } finally {
    audit.stop();
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
