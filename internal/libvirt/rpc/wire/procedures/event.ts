import { int, optional, type Fields, type Values } from '../../xdr/codec.ts';
import { domain, network, nodeDevice, pool, secret } from '../objects.ts';
import { procedure, type Procedure } from '../procedure.ts';

/** Registration of events. Each subsystem has its own call; a registration without an object is for all of them. */
export const registration = {
  domain: registerAll('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', 316, { dom: optional(domain) }),
  network: registerAll('CONNECT_NETWORK_EVENT_REGISTER_ANY', 313, { net: optional(network) }),
  pool: registerAll('CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY', 368, { pool: optional(pool) }),
  nodeDevice: registerAll('CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY', 374, { dev: optional(nodeDevice) }),
  secret: registerAll('CONNECT_SECRET_EVENT_REGISTER_ANY', 380, { secret: optional(secret) }),
};

function registerAll<F extends Fields>(
  name: string,
  number: number,
  object: F,
): Procedure<Values<{ eventID: typeof int } & F>, { readonly callbackID: number }> {
  return procedure(name, number, { eventID: int, ...object }, { callbackID: int });
}
