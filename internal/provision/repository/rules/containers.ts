import { LineCounter, parseDocument, visit, isMap, isScalar, isSeq, type Document } from 'yaml';
import type { SourceFile } from '../../analysis.ts';
import { remark, type Remark } from '../clue.ts';
import { baseName, depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { Rule } from '../rule.ts';

export const containerRules: readonly Rule[] = [
  {
    name: 'dockerfile-cuda-base-image',
    reads:
      'FROM lines of Dockerfiles: nvidia/cuda:12.2.2-devel-ubuntu20.04, pytorch/pytorch:2.1.0-cuda12.1-…, rocm/…',
    concludes:
      'CUDA or ROCm, its version and the system, of the Dockerfile in the root; a GPU is supported, of those below',
    find: function* ({ files }) {
      for (const file of files.filter(({ path }) => isDockerfile(path))) {
        const stages = linesOf(file.text).flatMap((text, index) => {
          const image = baseImageOf(text, file);
          return image === null ? [] : [{ line: index + 1, image, text }];
        });
        const last = stages.at(-1);
        for (const { line, image } of stages)
          yield* fromImage(file, line, image, line === last?.line || isBaseOf(stages, line));
      }
    },
  },
  {
    name: 'compose-gpu-device',
    reads: 'compose files: deploy.resources.reservations.devices, runtime: nvidia, limits of memory and cpus',
    concludes: 'a GPU and how many; what the services reserve of memory and cores; Docker',
    find: function* ({ files }) {
      for (const file of files.filter(({ path }) => isComposeFile(path))) yield* fromCompose(file);
    },
  },
  {
    name: 'devcontainer-host-requirements',
    reads: 'devcontainer.json: hostRequirements',
    concludes: 'cores, memory, disk and GPU as they stand there',
    find: function* ({ files }) {
      for (const file of files.filter(({ path }) => baseName(path) === 'devcontainer.json')) {
        let inside = false;
        for (const [index, text] of linesOf(file.text).entries()) {
          if (/"hostRequirements"\s*:/.test(text)) inside = true;
          if (!inside) continue;
          const place = placeOfLine(file, index + 1);
          const cores = /"cpus"\s*:\s*(\d+)/.exec(text)?.[1];
          if (cores !== undefined) yield remark('cpuCores', Number(cores), 0.95, place);
          for (const [key, about] of [
            ['memory', 'ramGb'],
            ['storage', 'diskGb'],
          ] as const) {
            const size = new RegExp(`"${key}"\\s*:\\s*"(\\d+)\\s*(gb|mb|tb)"`, 'i').exec(text);
            if (size !== null) yield remark(about, gigabytes(Number(size[1]), size[2] ?? ''), 0.95, place);
          }
          const gpu = /"gpu"\s*:\s*(true|"optional"|\{)/.exec(text)?.[1];
          if (gpu !== undefined)
            yield remark('gpu', gpu === '"optional"' ? 'supported' : 'demanded', 0.9, place);
          if (/^\s*\},?\s*$/.test(text)) inside = false;
        }
      }
    },
  },
];

function isDockerfile(path: string): boolean {
  return /^(?:dockerfile|containerfile)(?:[.-].*)?$|\.dockerfile$/i.test(baseName(path));
}

function isComposeFile(path: string): boolean {
  return /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i.test(baseName(path));
}

/** With the ARGs of the file put in. */
function baseImageOf(text: string, file: SourceFile): string | null {
  const image = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)/i.exec(text)?.[1];
  if (image === undefined) return null;
  const given = new Map<string, string>();
  for (const [, name = '', value = ''] of file.text.matchAll(/^[ \t]*ARG[ \t]+(\w+)=["']?([^"'\s]+)/gm))
    if (!given.has(name)) given.set(name, value);
  return image.replaceAll(
    /\$\{?(\w+)(?::-([^}]*))?\}?/g,
    (whole, name: string, fallback?: string) => given.get(name) ?? fallback ?? whole,
  );
}

interface Stage {
  readonly line: number;
  readonly image: string;
  readonly text: string;
}

/** The last stage is made on top of this one: FROM base AS final. */
function isBaseOf(stages: readonly Stage[], line: number): boolean {
  const names = new Map(
    stages.map((stage) => [/\bAS\s+(\S+)/i.exec(stage.text)?.[1]?.toLowerCase() ?? '', stage]),
  );
  let stage = stages.at(-1);
  for (let hops = 0; stage !== undefined && hops < stages.length; hops += 1) {
    if (stage.line === line) return true;
    const below = names.get(stage.image.toLowerCase());
    stage = below === stage ? undefined : below;
  }
  return false;
}

/** @param shipped it is what the image is made on, no stage that only builds */
function* fromImage(file: SourceFile, line: number, image: string, shipped: boolean): Generator<Remark> {
  const place = placeOfLine(file, line);
  const root = depthOf(file.path) === 0 && shipped;
  const main = root || (/^docker\/(?:dockerfile|containerfile)$/i.test(file.path) && shipped);
  const nvidia =
    /(?:^|\/)nvidia\/(?:cuda|pytorch|tensorflow|tritonserver|nemo|isaac)|cuda:?\d|-cuda\d|nvcr\.io\/nvidia/i.test(
      image,
    );
  const amd = /(?:^|\/)rocm\//i.test(image);
  if (nvidia || amd) {
    yield remark('gpu', main ? 'demanded' : 'supported', main ? 0.75 : 0.5, place);
    yield remark('vendor', amd ? 'amd' : 'nvidia', main ? 0.8 : 0.5, place);
    if (/-devel\b/.test(image) && nvidia) yield remark('cudaToolkit', true, main ? 0.8 : 0.5, place);
    const version = /(?:nvidia\/cuda:|-cuda|cuda:?)(\d{1,2}\.\d{1,2})/i.exec(image)?.[1];
    if (version !== undefined && root) yield remark('cudaVersion', version, 0.7, place);
  }
  const ubuntu = /ubuntu:?(\d{2}\.?04)/i.exec(image)?.[1];
  if (ubuntu !== undefined) {
    yield remark('osFamily', 'linux', 0.8, place);
    if (root) yield remark('osFlavour', `ubuntu${ubuntu.replace(/^(\d{2})04$/, '$1.04')}`, 0.6, place);
  } else yield remark('osFamily', 'linux', 0.6, place);
}

function* fromCompose(file: SourceFile): Generator<Remark> {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines });
  if (document.errors.length > 0) return;
  const main = depthOf(file.path) === 0;
  const placeOf = (offset: number) => placeOfLine(file, lines.linePos(offset).line);
  for (const { key, value, offset } of scalarPairs(document)) {
    const place = placeOf(offset);
    if ((key === 'driver' && value === 'nvidia') || (key === 'runtime' && value === 'nvidia')) {
      yield remark('gpu', main ? 'demanded' : 'supported', main ? 0.7 : 0.5, place);
      yield remark('vendor', 'nvidia', 0.7, place);
    }
  }
  const services = document.get('services');
  const count = isMap(services) ? services.items.length : 0;
  if (main && count >= 6 && isMap(services))
    yield remark(
      'workload',
      count >= 15 ? 'service-stack' : 'containers',
      0.5,
      placeOf(services.range?.[0] ?? 0),
    );
}

/** Keys with a plain value. The tree is walked, not made into objects: no alias is followed. */
function scalarPairs(document: Document): readonly { key: string; value: unknown; offset: number }[] {
  const pairs: { key: string; value: unknown; offset: number }[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (isScalar(pair.key) && isScalar(pair.value) && !isSeq(pair.value))
        pairs.push({
          key: String(pair.key.value),
          value: pair.value.value,
          offset: pair.value.range?.[0] ?? 0,
        });
    },
  });
  return pairs;
}

function gigabytes(value: number, unit: string): number {
  if (/^t/i.test(unit)) return value * 1000;
  return /^m/i.test(unit) ? Math.round(value / 100) / 10 : value;
}
