import path from 'node:path';
import { Failure } from '../failure.ts';
import type { Config } from './parse-config.ts';

/** The name that was given, else the one in the config, else that of its file. */
export function instanceName(given: string | undefined, config: Config, file?: string): string {
  const name = given ?? nameIn(config) ?? (file === undefined ? undefined : nameOfFile(file));
  if (name !== undefined) return name;
  throw new Failure('usage', 'There is no name: give one, or write info.vm_name into the config.', {
    exit: 'usage',
  });
}

function nameIn(config: Config): string | undefined {
  const { info } = config;
  const within = typeof info === 'object' && info !== null ? (info as Config)['vm_name'] : undefined;
  return [within, config['vm_name'], config['name']].find(
    (name): name is string => typeof name === 'string' && name !== '',
  );
}

/** `~/Helium template.json` → `helium-template`. */
function nameOfFile(file: string): string | undefined {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63);
  return name === '' ? undefined : name;
}
