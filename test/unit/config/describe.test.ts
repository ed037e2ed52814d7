import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { configText, configurationPage, describeVariables } from '../../../internal/config/describe.ts';
import { loadConfig } from '../../../internal/config/load-config.ts';
import { variables } from '../../../internal/config/variables.ts';
import type { Variable } from '../../../internal/config/variables/variable.ts';

const all = Object.values<Variable>(variables);
const surroundings = { uid: 0, workingDirectory: '/srv', homeDirectory: '/root' };

describe('the table of variables', () => {
  it('uses each name once', () => {
    const names = all.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect([...new Set(names)]).toEqual(names);
  });

  it('has fallbacks that it allows itself', () => {
    const refused = all.filter(
      ({ fallback, schema }) => fallback !== null && !schema.safeParse(fallback).success,
    );
    expect(refused).toEqual([]);
  });

  it('says what happens where there is no fallback', () => {
    expect(all.filter(({ fallback, unset }) => (fallback === null) !== (unset !== undefined))).toEqual([]);
  });
});

describe('--help', () => {
  it('names every variable, alias, default and flag', () => {
    const text = describeVariables();
    const expected = all.flatMap(({ name, aliases, fallback }) => [
      name,
      ...aliases,
      `Default: ${fallback ?? ''}`,
    ]);
    expect(expected.filter((part) => !text.includes(part))).toEqual([]);
    expect(text).toMatch(/--help .*\n.*--version .*\n.*--print-config /);
  });
});

describe('--print-config', () => {
  it('prints every variable in force with its origin', () => {
    const text = configText(loadConfig({ CC_MANAGER_HTTP_PORT: '1' }, [], surroundings));
    expect(text).toContain('# from CC_MANAGER_HTTP_PORT\nPROTIUM_HTTP_PORT="1"\n');
    expect(text).toContain('# default\nPROTIUM_GRPC_PORT="7001"\n');
    expect(text).toContain('# default\n#PROTIUM_INSTANCE_ID=\n');
    expect(text).toContain('# default\nPROTIUM_STATE_DIRECTORY="/var/lib/protium"\n');
    expect(text).toContain('# default\nPROTIUM_ALLOWED_PATHS="/srv"\n');
  });

  it('can be read again as an environment', () => {
    const env = { MANAGER_GRPC_PORT: '[::1]:7', PROTIUM_LOG_LEVEL: 'warn', MANAGER_INSTANCE_ID: 'a "b" \\c' };
    const config = loadConfig(env, [], surroundings);
    const lines = configText(config)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const printed = Object.fromEntries(
      lines.map((line) => {
        const [name = '', ...value] = line.split('=');
        return [name, JSON.parse(value.join('=')) as string];
      }),
    );
    const { settings: _before, ...first } = config;
    const { settings: _after, ...again } = loadConfig(printed, [], surroundings);
    expect(again).toEqual(first);
    expect(first.grpc.hosts).toEqual(['::1']);
  });

  it('hides a password in a URL', () => {
    const text = configText(
      loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:hunter2@otel/x' }, [], surroundings),
    );
    expect(text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT="https://me:***@otel/x"');
    expect(text).not.toContain('hunter2');
  });
});

describe('docs/configuration.md', () => {
  it('is what the table says (UPDATE_DOCS=1 rewrites it)', async () => {
    const file = join(import.meta.dirname, '../../../docs/configuration.md');
    const options = await prettier.resolveConfig(file);
    const page = await prettier.format(configurationPage(), { ...options, parser: 'markdown' });
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});
