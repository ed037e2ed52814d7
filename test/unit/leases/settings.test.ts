import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { policyPresets } from '../../../internal/leases/policy-settings.ts';
import { createLeaseSettings, parseLeaseSettings } from '../../../internal/leases/settings.ts';

function fileWith(text: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'protium-leases-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'leases.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the settings of leases', () => {
  it('have defaults', async () => {
    const settings = createLeaseSettings(null);
    expect(await settings.read()).toEqual({
      policy: policyPresets.default,
      webhook: null,
      keepMs: 400 * 86_400_000,
      backfill: { leastMs: 600_000, stopBeforeMs: 60_000, warnBeforeMs: [600_000] },
    });
  });

  it('are read again when the file has changed', async () => {
    const file = fileWith('webhook: { url: "https://hooks.example/leases" }\n');
    const settings = createLeaseSettings(file);
    expect((await settings.read()).webhook).toEqual({
      url: 'https://hooks.example/leases',
      secret: null,
      timeoutMs: 10_000,
    });
    writeFileSync(file, '{"backfill": {"leastSeconds": 5}}');
    expect(await settings.read()).toMatchObject({ webhook: null, backfill: { leastMs: 5000 } });
    writeFileSync(file, 'backfill: [');
    await expect(settings.read()).rejects.toMatchObject({ code: 'argument-invalid' });
    expect(settings.last().backfill.leastMs).toBe(5000);
    rmSync(file);
    await expect(settings.read()).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it.each([
    ['an unknown key', 'webhooks: 1'],
    ['a policy that is none', 'policy: { preset: students }'],
    ['another scheme', 'webhook: { url: "file:///etc/passwd" }'],
    ['a password in the URL', 'webhook: { url: "https://ada:x@hooks.example/" }'],
    ['a short secret', 'webhook: { url: "https://hooks.example/", secret: "short" }'],
    ['leases forgotten before quotas have counted them', 'keepDays: 31'],
    ['no time at all', 'backfill: { stopBeforeSeconds: 0 }'],
    ['a YAML bomb', `a: &a [x]\n${Array.from({ length: 20 }, (_, n) => `b${n}: [*a, *a]`).join('\n')}`],
  ])('refuse %s', (_, text) => {
    expect(() => parseLeaseSettings(text, 'leases.yaml')).toThrow(/leases\.yaml \(PROTIUM_LEASES\)/);
  });
});
