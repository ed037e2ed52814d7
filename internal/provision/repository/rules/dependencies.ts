import { remark } from '../clue.ts';
import type { Dependency } from '../manifests/dependency.ts';
import type { RepositoryView } from '../repository-view.ts';
import type { Rule } from '../rule.ts';
import { packageMeanings, type PackageMeaning } from './package-tables.ts';

export const dependencyRules: readonly Rule[] = [
  {
    name: 'dependency-needs-gpu',
    reads:
      'dependencies of manifests on packages that only work with a GPU (cudf, vllm, flash-attn, cupy-cuda12x)',
    concludes: 'a GPU is required, and its vendor; one is supported, where the package is an extra',
    find: function* (view) {
      for (const [dependency, { stance, vendor }] of meanings(view)) {
        if (stance !== 'demanded') continue;
        const main = dependency.scope === 'main' && dependency.depth === 0;
        yield remark('gpu', main ? 'demanded' : 'supported', main ? 0.9 : 0.5, dependency.place);
        if (vendor !== undefined && main) yield remark('vendor', vendor, 0.9, dependency.place);
      }
    },
  },
  {
    name: 'dependency-runs-faster-with-gpu',
    reads:
      'dependencies of manifests on frameworks for machine learning (torch, tensorflow, jax, transformers)',
    concludes: "a GPU is recommended; NVIDIA's, as their usual builds are for CUDA",
    find: function* (view) {
      for (const [dependency, { stance, vendor }] of meanings(view)) {
        if (stance !== 'framework' || dependency.scope === 'dev') continue;
        yield remark(
          'gpu',
          dependency.scope === 'main' ? 'framework' : 'supported',
          dependency.depth === 0 ? 0.8 : 0.6,
          dependency.place,
        );
        yield remark('vendor', vendor ?? 'nvidia', 0.4, dependency.place);
      }
    },
  },
  {
    name: 'dependency-draws',
    reads: 'dependencies on libraries that draw with the GPU (wgpu, ash, ebiten, moderngl)',
    concludes: 'a GPU for graphics is recommended, without CUDA',
    find: function* (view) {
      for (const [dependency, { stance }] of meanings(view))
        if (stance === 'graphics' && dependency.scope !== 'dev')
          yield remark('gpu', 'graphics', dependency.depth === 0 ? 0.8 : 0.6, dependency.place);
    },
  },
  {
    name: 'dependency-supports-gpu',
    reads: 'dependencies on bindings of CUDA that a feature turns on (cudarc, gorgonia.org/cu)',
    concludes: 'a GPU can be used: it is optional',
    find: function* (view) {
      for (const [dependency, { stance, vendor }] of meanings(view)) {
        if (stance !== 'supported') continue;
        yield remark('gpu', 'supported', 0.7, dependency.place);
        if (vendor !== undefined) yield remark('vendor', vendor, 0.6, dependency.place);
      }
    },
  },
  {
    name: 'dependency-made-for-apple',
    reads: "dependencies on packages for Apple's GPUs (mlx)",
    concludes: "it is made for Apple's GPUs, which no Linux host has",
    find: function* (view) {
      for (const [dependency, { stance }] of meanings(view))
        if (
          stance === 'apple' &&
          dependency.scope === 'main' &&
          dependency.depth === 0 &&
          !/darwin|macos/i.test(dependency.place.quote)
        )
          yield remark('gpu', 'apple', 0.8, dependency.place);
    },
  },
  {
    name: 'dependency-workload',
    reads: 'dependencies of manifests',
    concludes: 'the kind of work, from which memory, disk and cores are estimated',
    find: function* (view) {
      for (const [dependency, { workload }] of meanings(view))
        if (workload !== undefined && dependency.scope === 'main')
          yield remark('workload', workload, dependency.depth === 0 ? 0.6 : 0.5, dependency.place);
      // Built by who works on it, though none of its users needs it.
      for (const [dependency, { workload }] of meanings(view))
        if (
          dependency.ecosystem === 'node' &&
          dependency.scope === 'dev' &&
          dependency.depth === 0 &&
          workload !== undefined
        )
          yield remark('workload', workload, 0.5, dependency.place);
    },
  },
  {
    name: 'manifest-runtime',
    reads:
      "requires-python, python_requires, conda's python, engines.node, rust-version, go.mod's go, java.version, .python-version and their like",
    concludes: 'the runtime and its version, as the manifest of the root has it',
    find: function* ({ runtimes }) {
      for (const { name, version, depth, confidence, place } of runtimes)
        if (depth === 0 || (name === 'java' && depth === 1))
          yield remark('runtime', { name, version: tidyVersion(version) }, confidence - depth * 0.2, place);
    },
  },
  {
    name: 'framework-needs-python',
    reads: 'a lowest version of torch in requirement files',
    concludes: 'the lowest Python that this version of torch runs with, where nothing else says it',
    find: function* ({ dependencies }) {
      for (const { ecosystem, name, version, scope, place } of dependencies) {
        if (
          ecosystem !== 'python' ||
          name !== 'torch' ||
          scope === 'dev' ||
          !/requirements/i.test(place.file)
        )
          continue;
        const floor = /(?:>=|==|~=)(\d+)\.(\d+)/.exec(version);
        if (floor === null) continue;
        const python = pythonOfTorch(Number(floor[1]), Number(floor[2]));
        if (python !== null) yield remark('runtime', { name: 'python', version: python }, 0.5, place);
      }
    },
  },
];

/** PyTorch's release compatibility matrix. */
function pythonOfTorch(major: number, minor: number): string | null {
  if (major !== 2) return null;
  if (minor >= 9) return '>=3.10';
  return minor >= 5 ? '>=3.9' : '>=3.8';
}

function* meanings({ dependencies }: RepositoryView): Generator<readonly [Dependency, PackageMeaning]> {
  for (const dependency of dependencies) {
    const meaning = packageMeanings.find(
      ({ ecosystem, names }) => ecosystem === dependency.ecosystem && names.test(dependency.name),
    );
    if (meaning !== undefined) yield [dependency, meaning];
  }
}

/** ">= 18" → ">=18", "^3.9" → ">=3.9", "1.96.0" → "1.96": a third zero says nothing. */
function tidyVersion(version: string): string {
  const tight = version
    .trim()
    .replaceAll(/\s*,\s*/g, ',')
    .replaceAll(/([<>=~^!])\s+/g, '$1');
  const range = /^\^v?(\d[\w.]*)$/.exec(tight)?.[1];
  const plain = range === undefined ? tight : `>=${range}`;
  return plain.replace(/^((?:>=|==|~=)?\d+\.\d+)\.0$/, '$1').replace(/^(>=\d+)\.0$/, '$1');
}
