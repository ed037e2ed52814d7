import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { secretKey } from '../../../internal/store/secret-key.ts';

it('is made once, for nobody else to read; one that was cut short is made anew', () => {
  const directory = mkdtempSync(join(tmpdir(), 'protium-key-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const key = secretKey(directory);
  expect(key).toHaveLength(32);
  expect(secretKey(directory)).toEqual(key);
  const file = join(directory, 'request.key');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, 'short');
  expect(secretKey(directory)).toHaveLength(32);
  expect(secretKey(directory)).not.toEqual(key);
});
