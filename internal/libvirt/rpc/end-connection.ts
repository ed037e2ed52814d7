import { makeCall } from './call.ts';
import type { Connection } from './connection.ts';
import { DeadlineWheel } from './deadline.ts';
import { connect } from './wire/procedures/connect.ts';

const farewellMs = 500;
const deadlines = new DeadlineWheel();

/**
 * Ends a connection. An idle one says goodbye first (libvirtd logs an error about clients that just vanish); calls in
 * flight reject with `error` at once.
 */
export async function endConnection(connection: Connection, error: Error): Promise<void> {
  if (connection.ended === null && connection.inFlight === 0) {
    await makeCall('connect', connect.close, {}, { deadlines }, { deadlineMs: farewellMs }, (call) => {
      connection.send(call);
    }).catch(() => undefined);
  }
  connection.destroy(error);
}
