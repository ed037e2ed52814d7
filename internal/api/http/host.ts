import type { Router } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Instance, Instances } from '../../instances/instance.ts';
import { normaliseId, undashed } from '../../spec/ids.ts';
import { deviceStanding } from '../../placement/device-standing.ts';
import { deviceOutlooks } from '../../placement/outlook.ts';
import { hostUsage } from '../../placement/usage.ts';
import { configSchema } from '../../spec/json-schema.ts';
import { readCanallocateBody } from '../../spec/register-body.ts';
import { sendFieldErrors } from './field-errors.ts';
import { readJsonBody } from './json-body.ts';
import { sendJson } from './json.ts';

/**
 * Native routes of the host and of the VMs made from configs: `GET /v1/host`, what it has and what is taken of it;
 * `GET /v1/host/devices`, every PCI device, who has it and whether it could be given; `GET /v1/instances` and
 * `/v1/instances/{uuid}`; `GET /v1/schemas/config`, the JSON Schema of a config; `POST /v1/plan`, a dry run.
 */
export function addHostRoutes(router: Router, instances: Instances): void {
  router.get('/v1/host', (_request, response) => {
    const { facts, claims, conditions, policy } = instances.situation();
    const { pci: _, ...machine } = facts;
    const usage = hostUsage(facts, claims, conditions, policy);
    sendJson(response, 200, { ...machine, usage, claims, policy });
  });
  router.get('/v1/host/devices', (_request, response) => {
    sendJson(response, 200, { devices: devicesOf(instances) });
  });
  router.get('/v1/instances', (request, response) => {
    const owner = ownerIn(request.query);
    sendJson(response, 200, { instances: instances.list(owner).map(withoutOwner) });
  });
  router.get('/v1/instances/:uuid', async (request, response) => {
    const owner = ownerIn(request.query);
    const uuid = normaliseId(request.params.uuid);
    const instance = uuid === null ? undefined : instances.get(uuid);
    if (instance === undefined || (owner !== undefined && instance.owner !== owner)) {
      throw new ProtiumError('not-found', `There is no instance "${request.params.uuid}".`);
    }
    sendJson(response, 200, { ...withoutOwner(instance), ...(await instances.reach(instance.uuid)) });
  });
  router.get('/v1/schemas/config', (_request, response) => {
    sendJson(response, 200, configSchema, 'application/schema+json');
  });
  router.post('/v1/plan', async (request, response) => {
    const body = await readJsonBody(request);
    const read = body.ok ? readCanallocateBody(body.value) : body;
    if (!read.ok) {
      sendFieldErrors(response, read.errors);
      return;
    }
    sendJson(response, 200, { ...(await instances.check(read.spec)), notices: read.notices });
  });
}

function devicesOf(instances: Instances): readonly object[] {
  const { facts, claims, conditions } = instances.situation();
  const standing = deviceStanding(facts, claims, conditions);
  const outlooks = new Map(
    deviceOutlooks(facts, standing, []).map(({ address, outlook, why }) => [address, { outlook, why }]),
  );
  const holders = new Map(
    claims.flatMap(({ pci, holder, name, kind }) =>
      pci.map((address) => [address, { uuid: holder, name, kind }]),
    ),
  );
  return facts.pci.map((device) => ({
    ...device,
    holder: holders.get(device.address) ?? null,
    condition: standing.conditions.get(device.address) ?? null,
    ...outlooks.get(device.address),
  }));
}

/** Who knows an owner's id may remove its VMs: it is not told to those who do not ask by it. */
function withoutOwner({ owner: _, ...instance }: Instance): object {
  return instance;
}

function ownerIn({ owner }: Readonly<Record<string, unknown>>): string | undefined {
  if (owner === undefined) return undefined;
  const id = typeof owner === 'string' ? normaliseId(owner) : null;
  if (id === null) {
    throw new ProtiumError(
      'argument-invalid',
      'The parameter "owner" must be an id of 32 hexadecimal digits.',
    );
  }
  return undashed(id);
}
