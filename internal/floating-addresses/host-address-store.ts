import type { Database } from '../store/database.ts';

/** An address of the host, and the device that has it. */
export interface HostAddress {
  readonly address: string;
  readonly device: string;
}

/** The addresses that the daemon has added to the host, or was about to. Every change is durable when the call returns. */
export interface HostAddressStore {
  all(): readonly HostAddress[];
  put(added: HostAddress): void;
  remove(address: string): void;
}

/** The table of the migration 0010-floating-addresses. */
export function createHostAddressStore(database: Database): HostAddressStore {
  const all = database.prepare<HostAddress>(
    'SELECT address, device FROM floating_host_address ORDER BY address',
  );
  const put = database.prepare(
    'INSERT OR REPLACE INTO floating_host_address (address, device) VALUES (?, ?)',
  );
  const remove = database.prepare('DELETE FROM floating_host_address WHERE address = ?');
  return {
    all: () => all.all(),
    put: ({ address, device }) => void put.run([address, device]),
    remove: (address) => void remove.run([address]),
  };
}
