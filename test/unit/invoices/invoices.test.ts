import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { invoiceOf, invoicesOf, monthSpan, readInvoiceId } from '../../../internal/invoices/invoice.ts';
import { invoicePdf } from '../../../internal/invoices/invoice-pdf.ts';
import { createInvoices } from '../../../internal/invoices/invoices.ts';
import type { Subscription } from '../../../internal/subscriptions/subscription.ts';
import type { UsageRecord } from '../../../internal/usage/usage.ts';

const owner = 'a'.repeat(32);
const other = 'b'.repeat(32);
const now = Date.UTC(2026, 10, 15);

function record(startedAt: string, seconds: number, more: Partial<UsageRecord> = {}): UsageRecord {
  const start = Date.parse(startedAt);
  return {
    ...{ id: `${startedAt}/${seconds}`, owner, instance: 'i', name: 'web', tag: null, flavor: 'small' },
    ...{ subscription: null, pricePerHour: 0.3, startedAt: new Date(start).toISOString(), seconds },
    endedAt: new Date(start + seconds * 1000).toISOString(),
    ...more,
  };
}

function subscription(createdAt: number, endedAt: number | null): Subscription {
  return {
    ...{ id: 's', owner, plan: 'storage-100gib', pricePerMonth: 31, instance: null, createdAt, endedAt },
    held: { kind: 'storage', pool: 'p', bytes: 1 },
  };
}

describe('invoices', () => {
  it('have a line for each instance and price, of the part that is in the month', () => {
    const records = [
      record('2026-10-31T23:00:00Z', 7200),
      record('2026-11-02T00:00:00Z', 1800),
      record('2026-11-03T00:00:00Z', 3600, { pricePerHour: 0, subscription: 's' }),
      record('2026-11-03T00:00:00Z', 60, { instance: 'j', pricePerHour: 0.0992 }),
    ];
    const [november, october] = invoicesOf(records, [], now);
    expect(november).toMatchObject({
      id: `2026-11-${owner}`,
      month: '2026-11',
      closed: false,
      total: 0.4517,
    });
    expect(november?.lines.map(({ subject, seconds, amount }) => [subject, seconds, amount])).toEqual([
      ['i', 5400, 0.45],
      ['i', 3600, 0],
      ['j', 60, 0.0017],
    ]);
    expect(october).toMatchObject({ month: '2026-10', closed: true, total: 0.3 });
  });

  it('have subscriptions by the part of the month for which they were held', () => {
    const [november, october, september] = invoicesOf(
      [],
      [subscription(Date.UTC(2026, 8, 16), Date.UTC(2026, 10, 4))],
      now,
    );
    expect(october?.lines).toMatchObject([{ kind: 'subscription', price: 31, amount: 31, subject: 's' }]);
    expect(november?.total).toBe(3.1);
    expect(september?.total).toBe(15.5);
  });

  it('are of one owner each, and of what goes on until now', () => {
    const open = record('2026-11-14T00:00:00Z', 60, { endedAt: null, owner: other });
    const all = invoicesOf([open, record('2026-11-01T00:00:00Z', 60)], [subscription(now - 1000, null)], now);
    expect(all.map(({ id, lines }) => [id, lines.length])).toEqual([
      [`2026-11-${owner}`, 2],
      [`2026-11-${other}`, 1],
    ]);
  });

  it('are found by their id, by their owner alone', () => {
    const invoices = createInvoices({
      usage: {
        list: ({ owner: of }) =>
          [record('2026-11-01T00:00:00Z', 60)].filter((each) => each.owner === (of ?? owner)),
        running: () => 0,
      },
      subscriptions: { list: () => [] },
      now: () => now,
    });
    const id = `2026-11-${owner}`;
    expect(invoices.get(id, owner)).toEqual(invoices.list()[0]);
    for (const [named, by] of [
      [id, other],
      [`2026-10-${owner}`, owner],
      [`2026-13-${owner}`, undefined],
      ['../../etc/passwd', undefined],
    ] as const) {
      expect(() => invoices.get(named, by)).toThrow('There is no invoice');
    }
    expect(readInvoiceId('2026-00-x')).toBeNull();
  });

  it('count every second once, and sum up to their totals', () => {
    const run = fc.record({
      start: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2026, 9) }),
      seconds: fc.integer({ min: 1, max: 8_000_000 }),
      price: fc.constantFrom(0, 0.0001, 0.0992, 1.37),
      instance: fc.constantFrom('i', 'j'),
    });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const records = runs.map(({ start, seconds, price, instance }) =>
          record(new Date(start).toISOString(), seconds, { pricePerHour: price, instance }),
        );
        const invoices = invoicesOf(records, [], now);
        const lines = invoices.flatMap((invoice) => invoice.lines);
        const counted = lines.reduce((sum, { seconds }) => sum + seconds, 0);
        const ran = runs.reduce((sum, { seconds }) => sum + seconds, 0);
        // Whole seconds: of a line less than one is left out.
        expect(counted).toBeLessThanOrEqual(ran);
        expect(counted).toBeGreaterThan(ran - lines.length - 1);
        for (const { lines: own, total, month } of invoices) {
          const sum = own.reduce((units, { amount }) => units + Math.round(amount * 1e4), 0);
          expect(Math.round(total * 1e4)).toBe(sum);
          const { from, to } = monthSpan(month);
          for (const { seconds, price, amount } of own) {
            expect(Math.abs(amount - (seconds * price) / 3600)).toBeLessThanOrEqual(0.5001e-4);
            expect(seconds).toBeLessThanOrEqual(((to - from) / 1000) * runs.length);
          }
        }
      }),
    );
  });
});

describe('as PDF', () => {
  const textOf = (pdf: Buffer): string => {
    const directory = mkdtempSync(path.join(tmpdir(), 'protium-invoice-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'invoice.pdf');
    writeFileSync(file, pdf);
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  };

  it('it tells id, lines and total, and that the month is not over', async () => {
    const invoice = invoiceOf(owner, '2026-11', [record('2026-11-02T00:00:00Z', 5400)], [], now);
    const pdf = await invoicePdf(invoice);
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    const text = textOf(pdf);
    expect(text).toContain(`Id: 2026-11-${owner}`);
    expect(text).toMatch(/web · small\s+1\.5000\s+0\.3000 \/ hour\s+0\.4500/);
    expect(text).toMatch(/Total\s+0\.4500/);
    expect(text).toContain('Not closed');
    const closed = await invoicePdf({ ...invoice, closed: true });
    expect(textOf(closed)).not.toContain('Not closed');
  });

  it('it takes names of any length and letters, and many lines', async () => {
    const tag = `${'long '.repeat(200)}\n`;
    const records = Array.from({ length: 300 }, (_, index) =>
      record('2026-11-02T00:00:00Z', 60, { instance: `i${index}`, name: 'ä日本(\\)\u0000', tag }),
    );
    const text = textOf(await invoicePdf(invoiceOf(owner, '2026-11', records, [], now)));
    expect(text.match(/instance i\d+/g)).toHaveLength(300);
    expect(text).toContain('ä??(\\)?');
    expect(text).toContain('Total');
  });
});
