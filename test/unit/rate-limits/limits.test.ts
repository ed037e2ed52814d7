import { expect, it } from 'vitest';
import { auditedService } from '../../../internal/api/v1/audited-service.ts';
import { limitedService } from '../../../internal/api/v1/limited-service.ts';
import { rates } from '../../../internal/config/values.ts';
import { createLimits } from '../../../internal/rate-limits/limits.ts';
import { sleepingV1 } from '../api/http/sleeping-v1.ts';
import { administrator, contextOf } from '../api/v1/context.ts';
import { auditOf, brief, entriesOf, openFor } from '../audit/support.ts';

const anna = { ...administrator, administrator: false, user: 'anna', way: 'token' } as const;
const limited = { code: 'rate-limited', details: { retryAfterSeconds: 60 } };

it('counts each user by itself, and each kind of call', async () => {
  const limits = createLimits({ screenshot: 2 });
  await limits.count('screenshot', anna);
  await limits.count('screenshot', anna);
  const refusal = limits.count('screenshot', anna);
  await expect(refusal).rejects.toMatchObject(limited);
  await expect(refusal).rejects.toThrow(/anna may ask for this 2 times a minute/);
  // From wherever they ask.
  await expect(limits.count('screenshot', { ...anna, address: '192.0.2.9:1' })).rejects.toMatchObject(
    limited,
  );
  await limits.count('plan', anna);
  await limits.count('screenshot', { ...anna, user: 'ben' });
});

it("does not count the machine's own administrator, but one who comes by a token", async () => {
  const limits = createLimits({ plan: 1 });
  for (let count = 0; count < 3; count += 1) await limits.count('plan', administrator);
  const remote = { ...administrator, way: 'token' } as const;
  await limits.count('plan', remote);
  await expect(limits.count('plan', remote)).rejects.toMatchObject({ code: 'rate-limited' });
});

it('has no limit where it is told 0', async () => {
  const limits = createLimits({ provision: 0 });
  for (let count = 0; count < 100; count += 1) await limits.count('provision', anna);
});

it('reads limits as they are configured', () => {
  expect(rates.parse('screenshot=5, plan=0')).toEqual({ screenshot: 5, plan: 0 });
  for (const text of [
    '',
    'x=1',
    'plan',
    'plan=-1',
    'plan=1,plan=2',
    'plan=1;',
    'constructor=1',
    'plan=1e3',
  ]) {
    expect(rates.safeParse(text).success, text).toBe(false);
  }
});

it('refuses a method before it is tried, and records that without two entries for each', async () => {
  const audit = auditOf(openFor());
  const real = sleepingV1().services.find(({ name }) => name === 'protium.v1.ImagesService');
  if (real === undefined) throw new Error('no images');
  let calls = 0;
  const methods = { importImage: () => (calls += 1), listImages: () => ({}) };
  const service = limitedService(
    auditedService({ ...real, methods }, audit),
    createLimits({ image: 1 }),
    audit,
  );
  const call = service.methods['importImage'] as (request: object, context: object) => Promise<unknown>;
  await call({ name: 'debian' }, contextOf(anna));
  await expect(call({ name: 'debian' }, contextOf(anna))).rejects.toMatchObject({ code: 'rate-limited' });
  expect(calls).toBe(1);
  expect(entriesOf(audit).map(brief)).toEqual([
    'attempt anna debian',
    'outcome anna debian ok',
    'refusal anna rate-limited',
  ]);
  const list = service.methods['listImages'] as typeof call;
  for (let count = 0; count < 5; count += 1) await list({}, contextOf(anna));
});
