import type { ComputationManifest } from './model.ts';

/** The manifest as the agent reads it: JSON with the field names of the Cocos manager, and our UUID as `id`. */
export function manifestPayload(id: string, manifest: ComputationManifest): Uint8Array {
  const json = JSON.stringify({
    id,
    name: manifest.name,
    description: manifest.description,
    owner: manifest.owner,
    datasets: manifest.datasets,
    algorithms: manifest.algorithms,
    dataset_providers: manifest.datasetProviders,
    algorithm_providers: manifest.algorithmProviders,
    result_consumers: manifest.resultConsumers,
    ttl: manifest.ttlSeconds,
  });
  return Buffer.from(json, 'utf8');
}
