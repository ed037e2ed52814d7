import { execa } from 'execa';
import type { EmulatedDevice } from './devices.ts';

/** How a test host is reached; plain data, so that vitest hands it on to the test files. */
export interface TestHostAddress {
  readonly sshConfig: string;
  /** The daemon's HTTP server there, while one runs. */
  readonly http: string;
}

export interface DeviceState {
  /** null: none. */
  readonly driver: string | null;
  /** Whether its config space can be read: all ones are what the bus reads where nobody answers. */
  readonly answers: boolean;
}

export interface TestHost extends TestHostAddress {
  /** Runs a script of bash and resolves with what it prints; rejects if it fails. */
  run(script: string): Promise<string>;
  virsh(...args: string[]): Promise<string>;
  /** Names of all domains, running or not. */
  domains(): Promise<readonly string[]>;
  /** By address. */
  states(devices: readonly EmulatedDevice[]): Promise<Readonly<Record<string, DeviceState>>>;
}

export function testHost(address: TestHostAddress): TestHost {
  const run = async (script: string): Promise<string> => {
    // A script that waits for ever must not keep the test's end from being told.
    const result = await execa('ssh', ['-F', address.sshConfig, 'test-host', 'bash', '-eu'], {
      input: script,
      timeout: 60_000,
    });
    return result.stdout;
  };
  const virsh = (...args: string[]) => run(`virsh -q ${args.map(quoted).join(' ')} </dev/null`);
  return {
    ...address,
    run,
    virsh,
    domains: async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean),
    async states(devices) {
      const output = await run(`cd /sys/bus/pci/devices
        for address in ${devices.map(({ address: at }) => at).join(' ')}; do
          driver=$(readlink "$address/driver") || driver=-
          echo "$address" "\${driver##*/}" $(od -An -v -tx1 -N 64 "$address/config")
        done`);
      return Object.fromEntries(
        output.split('\n').map((line) => {
          const [at = '', driver = '-', ...config] = line.split(' ');
          return [
            at,
            {
              driver: driver === '-' ? null : driver,
              answers: config.length > 0 && config.some((byte) => byte !== 'ff'),
            },
          ];
        }),
      );
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
