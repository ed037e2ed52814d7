import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AnyOperationDefinition } from '../../../internal/operations/definition.ts';
import { createOperations } from '../../../internal/operations/engine.ts';
import type { Operations, OperationsOptions } from '../../../internal/operations/operations.ts';
import type { Database } from '../../../internal/store/database.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import { silent } from './fixture-log.ts';

/** The path of a database in a directory of its own, removed after the test. */
export function databasePath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'protium-operations-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'protium.db');
}

/** Opens a database, closed after the test. */
export function openFor(path: string): Database {
  const database = openDatabaseFile(path);
  onTestFinished(() => database.close());
  return database;
}

/** An engine on `path`, as after a start of the daemon. One left running by a test before is taken for killed. */
export function engine(
  path: string,
  definitions: readonly AnyOperationDefinition[],
  options: Partial<OperationsOptions> & { database?: Database } = {},
): Operations {
  const { database = openFor(path), ...rest } = options;
  return createOperations({ database, definitions, log: silent, ...rest });
}

/** A promise that the test resolves. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

/** Never resolves: where the process "dies". */
export const forEver = new Promise<never>(() => undefined);
