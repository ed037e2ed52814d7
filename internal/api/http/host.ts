import type { Router } from 'express';
import type { Instances } from '../../instances/instance.ts';
import { deviceStanding } from '../../placement/device-standing.ts';
import { deviceOutlooks } from '../../placement/outlook.ts';
import { hostUsage } from '../../placement/usage.ts';
import { configSchema } from '../../spec/json-schema.ts';
import { sendJson } from './json.ts';

/**
 * Native routes of the host: `GET /v1/host`, what it has and what is taken of it;
 * `GET /v1/host/devices`, every PCI device, who has it and whether it could be given; `GET /v1/schemas/config`, the JSON
 * Schema of a config.
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
  router.get('/v1/schemas/config', (_request, response) => {
    sendJson(response, 200, configSchema, 'application/schema+json');
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
