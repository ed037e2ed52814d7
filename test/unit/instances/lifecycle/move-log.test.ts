import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { moveLog } from '../../../../internal/instances/lifecycle/move-log.ts';

function rootWith(logs: Readonly<Record<string, string>>): { root: string; directory: string } {
  const root = mkdtempSync(path.join(tmpdir(), 'protium-logs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const directory = path.join(root, 'var/log/libvirt/qemu');
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(logs)) writeFileSync(path.join(directory, name), text);
  return { root, directory };
}

it('what QEMU said goes with the VM to its new name, and back', async () => {
  const { root, directory } = rootWith({ 'old.log': 'said' });
  await moveLog(root, 'old', 'new');
  expect(readdirSync(directory)).toEqual(['new.log']);
  await moveLog(root, 'new', 'old');
  expect(readdirSync(directory)).toEqual(['old.log']);
});

it('the log of another one is not written over, and none is no trouble', async () => {
  const { root, directory } = rootWith({ 'old.log': 'said', 'new.log': 'of another' });
  await moveLog(root, 'old', 'new');
  expect(readFileSync(path.join(directory, 'new.log'), 'utf8')).toBe('of another');
  await moveLog(root, 'none', 'other');
  expect(readdirSync(directory).sort()).toEqual(['new.log', 'old.log']);
});
