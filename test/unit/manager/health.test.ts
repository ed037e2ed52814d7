import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { healthReport } from '../../../cmd/manager/health.ts';
import type { LiveViewStatus } from '../../../internal/libvirt/live-view/live-view.ts';

const well: LiveViewStatus = {
  connected: true,
  connectedSince: '2026-01-01T00:00:00.000Z',
  ageMs: 0,
  lastSyncAt: '2026-01-01T00:00:00.000Z',
  lastSyncMs: 5,
  lastEventAt: null,
  eventLagMs: { now: 0, maxOfLastMinute: 0 },
  error: null,
  failures: [],
  revision: 1,
};

const report = (status: Partial<LiveViewStatus>, directories = [tmpdir()]) =>
  healthReport({
    build: { version: '1.2.3', commit: 'abcdef01', buildTime: '2026-01-01T00:00:00.000Z' },
    instanceId: 'me',
    view: { status: () => ({ ...well, ...status }) },
    directories,
  });

describe('the health report', () => {
  it('passes when libvirt is followed and there is room, under the original keys', async () => {
    const { checks, ...original } = await report({});
    expect(original).toEqual({
      status: 'pass',
      version: '1.2.3',
      commit: 'abcdef01',
      description: 'manager service',
      build_time: '2026-01-01T00:00:00.000Z',
      instance_id: 'me',
    });
    expect(Object.keys(checks)).toEqual(['libvirt:connection', 'libvirt:eventLag', 'disk:freeSpace']);
  });

  it('fails without libvirt, and says why', async () => {
    const { status, checks } = await report({ connected: false, error: 'no socket' });
    expect(status).toBe('fail');
    expect(checks['libvirt:connection']).toMatchObject([{ status: 'fail', output: 'no socket' }]);
  });

  it('warns when events wait', async () => {
    expect((await report({ eventLagMs: { now: 5000, maxOfLastMinute: 5000 } })).status).toBe('warn');
  });

  it('fails when a directory is gone or full', async () => {
    expect((await report({}, ['/nowhere/at/all'])).status).toBe('fail');
    // proc has no blocks at all.
    expect((await report({}, ['/proc'])).status).toBe('fail');
  });
});
