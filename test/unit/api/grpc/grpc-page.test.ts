import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { grpcPage } from '../../../tools/grpc-page.ts';

const file = path.resolve(import.meta.dirname, '../../../../docs/grpc.md');

it('docs/grpc.md tells what the contracts say', { timeout: 30_000 }, async () => {
  const page = await grpcPage();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
