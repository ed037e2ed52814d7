import { sees } from '../../authorization/decide.ts';
import { callerOf } from './client-gone.ts';
import type { Response, Router } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { DomainView } from '../../libvirt/live-view/views.ts';
import { jsonBytes, sendJson, sendJsonBytes } from './json.ts';

export interface Inventory extends Pick<LiveView, 'status' | 'domains' | 'domain' | 'nodeDevices'> {
  /** Of the instance of that uuid; null: it is somebody else's domain. */
  ownerOf(uuid: string): string | null;
}

/**
 * What libvirt has, from the live view: `GET /v1/domains`, `/v1/node-devices`, and `/v1/domains/{uuid or name}`. The header `Protium-View-Age-Ms` tells how old the answer is:
 * 0 while libvirt's events are followed, else the time since the last full read.
 */
export function addInventoryRoutes(router: Router, view: Inventory): void {
  router.get('/v1/domains', (_request, response) => {
    stampAge(response, view);
    const caller = callerOf(response);
    const all = view.domains();
    if (caller.administrator) sendJsonBytes(response, 200, listBytes('domains', shownDomains(all)));
    else {
      const seen = all.filter(({ uuid }) => sees(caller, view.ownerOf(uuid)));
      sendJson(response, 200, { domains: seen.map(shownDomain) });
    }
  });
  router.get('/v1/node-devices', (_request, response) => {
    stampAge(response, view);
    sendJsonBytes(response, 200, listBytes('nodeDevices', view.nodeDevices()));
  });

  router.get('/v1/domains/:id', (request, response) => {
    const domain = view.domain(request.params.id);
    if (domain === undefined) {
      throw new ProtiumError('not-found', `libvirt has no domain "${request.params.id}" (by uuid or name).`);
    }
    stampAge(response, view);
    sendJson(response, 200, shownDomain(domain));
  });
}

/** Without our own metadata, which is long and says who owns the VM. */
function shownDomain({ protiumMetadata: _, ...shown }: DomainView): object {
  return shown;
}

const shownLists = new WeakMap<readonly DomainView[], readonly object[]>();

function shownDomains(domains: readonly DomainView[]): readonly object[] {
  let shown = shownLists.get(domains);
  if (shown === undefined) {
    shown = domains.map(shownDomain);
    shownLists.set(domains, shown);
  }
  return shown;
}

/** The view gives the same array until something in it changes, so each list is put into JSON once per change. */
const serialised = new WeakMap<readonly object[], Buffer>();

function listBytes(key: string, items: readonly object[]): Buffer {
  let bytes = serialised.get(items);
  if (bytes === undefined) {
    bytes = jsonBytes({ [key]: items });
    serialised.set(items, bytes);
  }
  return bytes;
}

function stampAge(response: Response, view: Inventory): void {
  const { ageMs } = view.status();
  if (ageMs === null) {
    throw new ProtiumError('libvirt-unavailable', 'libvirt has not been read yet; is libvirtd running?');
  }
  response.setHeader('Protium-View-Age-Ms', String(ageMs));
}
