import { remark } from '../clue.ts';
import { baseName, depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { Rule } from '../rule.ts';

export const buildRules: readonly Rule[] = [
  {
    name: 'cmake-cuda',
    reads:
      'CMakeLists.txt: project(... CUDA), enable_language(CUDA), find_package(CUDAToolkit 11.4), CMAKE_CUDA_ARCHITECTURES, cmake_minimum_required',
    concludes:
      'CUDA code is built; a GPU is required, where no option turns it off; CUDA and compute capability',
    find: function* ({ files }) {
      for (const file of files.filter(
        ({ path }) => baseName(path).toLowerCase() === 'cmakelists.txt' && depthOf(path) === 0,
      )) {
        const lists = [...file.text.matchAll(/CMAKE_CUDA_ARCHITECTURES\s+["']?\d/g)].length;
        const guarded =
          /option\s*\(\s*\w*(?:CUDA|GPU)\w*|if\s*\(\s*\w*(?:USE|WITH|ENABLE|BUILD)_(?:CUDA|GPU)/i.test(
            file.text,
          );
        for (const [index, raw] of linesOf(file.text).entries()) {
          const text = raw.replace(/#.*$/, '');
          const place = placeOfLine(file, index + 1);
          const language =
            /\bproject\s*\([^)]*\b(CUDA|HIP)\b|enable_language\s*\(\s*(CUDA|HIP)\b|find_package\s*\(\s*(CUDA(?:Toolkit)?|hip)\b/i.exec(
              text,
            );
          if (language !== null) {
            const amd = /HIP/i.test(language[1] ?? language[2] ?? language[3] ?? '');
            yield remark('gpu', guarded ? 'supported' : 'demanded', 0.75, place);
            yield remark('vendor', amd ? 'amd' : 'nvidia', 0.7, place);
            if (!amd) yield remark('cudaToolkit', true, guarded ? 0.5 : 0.9, place);
            yield remark('workload', 'gpu-build', 0.5, place);
          }
          const version = /find_package\s*\(\s*CUDA(?:Toolkit)?\s+(\d{1,2}(?:\.\d{1,2})?)/i.exec(text)?.[1];
          if (version !== undefined) yield remark('cudaVersion', version, 0.85, place);
          const built = /CMAKE_CUDA_ARCHITECTURES\s+["']?((?:\d{2,3}(?:-\w+)?[\s;]*)+)/.exec(text)?.[1];
          const lowest =
            built === undefined ? [] : [...built.matchAll(/\d{2,3}/g)].map(([number]) => Number(number));
          if (lowest.length > 0 && lists === 1 && !guarded) {
            const capability = String(Math.min(...lowest));
            yield remark(
              'computeCapability',
              `${capability.slice(0, -1)}.${capability.slice(-1)}`,
              0.6,
              place,
            );
          }
          const cmake = /cmake_minimum_required\s*\(\s*VERSION\s+(\d+\.\d+)/i.exec(text)?.[1];
          if (cmake !== undefined) yield remark('special', `cmake >= ${cmake}`, 0.7, place);
        }
      }
    },
  },
  {
    name: 'build-runs-nvcc',
    reads: 'Makefile, setup.py and shell scripts of the root: nvcc, hipcc, CUDAExtension',
    concludes: 'the guest needs the toolkit; a GPU can be used',
    find: function* ({ files }) {
      for (const file of files.filter(
        ({ path }) => depthOf(path) === 0 && /^(?:makefile|setup\.py|.*\.mk|.*\.sh)$/i.test(baseName(path)),
      ))
        for (const [index, text] of linesOf(file.text).entries())
          if (/\bnvcc\b|\bCUDAExtension\b|\bhipcc\b/i.test(text) && !/^\s*#/.test(text)) {
            yield remark('gpu', 'supported', 0.7, placeOfLine(file, index + 1));
            if (!/hipcc/i.test(text)) yield remark('cudaToolkit', true, 0.8, placeOfLine(file, index + 1));
            yield remark('workload', 'gpu-build', 0.5, placeOfLine(file, index + 1));
          }
    },
  },
  {
    name: 'cuda-source-file',
    reads: 'files with the ending .cu or .cuh',
    concludes: 'CUDA code is built with nvcc',
    find: function* ({ files }) {
      for (const file of files.filter(({ path }) => /\.cuh?$/i.test(path)).slice(0, 5)) {
        const line = Math.max(
          1,
          linesOf(file.text).findIndex((text) => /__global__|cuda|#include/.test(text)) + 1,
        );
        yield remark('gpu', 'supported', 0.6, placeOfLine(file, line));
        yield remark('vendor', 'nvidia', 0.6, placeOfLine(file, line));
        yield remark('cudaToolkit', true, depthOf(file.path) === 0 ? 0.9 : 0.7, placeOfLine(file, line));
        yield remark('workload', 'gpu-build', 0.5, placeOfLine(file, line));
      }
    },
  },
  {
    name: 'manifest-cuda-version',
    reads:
      'conda\'s cudatoolkit, pytorch-cuda and cuda-version, "+cu118" and ".../whl/cu118" of requirement files',
    concludes: 'CUDA and its version',
    find: function* ({ files, dependencies }) {
      for (const { name, version, scope, depth, place } of dependencies) {
        if (scope !== 'main' || depth > 0) continue;
        const conda =
          /^(?:cudatoolkit|cuda-toolkit|pytorch-cuda|cuda-version|cuda-runtime|cuda-nvcc|cuda)$/.test(name);
        const number = conda ? /(\d{1,2}\.\d{1,2})/.exec(version)?.[1] : undefined;
        const local = /\+cu(\d{2})(\d)\b/.exec(place.quote);
        if (!conda && local === null) continue;
        yield remark('gpu', 'demanded', 0.7, place);
        yield remark('vendor', 'nvidia', 0.9, place);
        if (/^cuda(?:-nvcc|-toolkit)?$/.test(name)) yield remark('cudaToolkit', true, 0.8, place);
        const stated = number ?? (local === null ? undefined : `${local[1] ?? ''}.${local[2] ?? ''}`);
        if (stated !== undefined) yield remark('cudaVersion', stated, 0.95, place);
      }
      for (const file of files.filter(
        ({ path }) => depthOf(path) === 0 && /requirements|pyproject|environment/i.test(path),
      ))
        for (const [index, text] of linesOf(file.text).entries()) {
          const wheel = /download\.pytorch\.org\/whl\/(?:nightly\/|test\/)?cu(\d{2})(\d)\b/.exec(text);
          if (wheel === null || /^\s*#/.test(text)) continue;
          const place = placeOfLine(file, index + 1);
          yield remark('gpu', 'supported', 0.7, place);
          yield remark('vendor', 'nvidia', 0.8, place);
          yield remark('cudaVersion', `${wheel[1] ?? ''}.${wheel[2] ?? ''}`, 0.85, place);
        }
    },
  },
  {
    name: 'script-minimum',
    reads: 'shell scripts of installation: MIN_RAM_HARD=14000 # MB, MIN_CPU_HARD=4, MIN_DOCKER_VERSION',
    concludes:
      'memory, cores and the programs that the script insists on; of several the largest, which is for the whole',
    find: function* ({ files }) {
      for (const file of files.filter(({ path }) => /\.(?:sh|bash|env)$/i.test(path)))
        for (const [index, text] of linesOf(file.text).entries()) {
          const found =
            /^\s*(?:export\s+|readonly\s+|local\s+)?(\w*MIN\w*)=["']?(\d+(?:\.\d+)*)["']?\s*(?:#\s*(.*))?$/i.exec(
              text,
            );
          const told =
            /^\s*#.*\b(\d{1,3})\s*GB\b[^.]{0,30}\b(?:minimum|required|at least)\b[^.]{0,20}\bRAM\b|^\s*#.*\b(?:minimum|at least)\b[^.]{0,20}\b(\d{1,3})\s*GB\b[^.]{0,20}\bRAM\b/i.exec(
              text,
            );
          if (told !== null)
            yield remark('ramGb', Number(told[1] ?? told[2]), 1, placeOfLine(file, index + 1));
          if (found === null) continue;
          const [, name = '', value = '', comment = ''] = found;
          const place = placeOfLine(file, index + 1);
          if (/RAM|MEM/i.test(name)) {
            const amount = Number(value);
            const unit =
              /\bGB?\b/i.test(comment) || amount < 512
                ? 1
                : /\bKB?\b/i.test(comment) || amount > 500_000
                  ? 1e6
                  : 1000;
            yield remark('ramGb', Math.round((amount / unit) * 10) / 10, 0.95, place);
          } else if (/CPU|CORES?\b/i.test(name)) yield remark('cpuCores', Number(value), 0.95, place);
          else if (/DISK|STORAGE|SPACE/i.test(name))
            yield remark(
              'diskGb',
              Number(value) > 2000 ? Math.round(Number(value) / 1000) : Number(value),
              0.8,
              place,
            );
          else if (/DOCKER_VERSION/i.test(name)) yield remark('special', `docker >= ${value}`, 0.95, place);
          else if (/COMPOSE_VERSION/i.test(name) && !/PODMAN/i.test(name))
            yield remark('special', `docker compose >= ${value}`, 0.95, place);
        }
    },
  },
];
