import fc from 'fast-check';
import { analyzeFiles } from '../../../internal/provision/repository/analyze-files.ts';
import { readPassages } from '../../../internal/provision/repository/documents/read-passages.ts';
import { readManifest } from '../../../internal/provision/repository/manifests/read-manifest.ts';
import { checkRepositoryUrl } from '../../../internal/provision/repository/repository-url.ts';
import { readAnalysis } from '../../../internal/provision/run/analysis-schema.ts';
import { bentValue } from '../generators/values.ts';
import { mutatedText } from '../generators/mutation.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';

/** A manifest of each kind that is read. */
const manifests: readonly (readonly [path: string, text: string])[] = [
  [
    'requirements.txt',
    '# base\n-r other.txt\ntorch==2.1.0+cu121 ; python_version >= "3.8"\nnumpy>=1.20,<2\ngit+https://example.org/x.git#egg=x\n--extra-index-url https://download.pytorch.org/whl/cu121\n',
  ],
  [
    'pyproject.toml',
    '[project]\nname = "m"\nrequires-python = ">=3.12"\ndependencies = ["torch>=2.6.0", "flash-attn"]\n[project.optional-dependencies]\ngpu = ["cupy-cuda12x"]\n[tool.poetry.dependencies]\npython = "^3.10"\n',
  ],
  ['Pipfile', '[packages]\ntorch = "*"\n[requires]\npython_version = "3.10"\n'],
  [
    'setup.py',
    'from setuptools import setup\nsetup(name="x", python_requires=">=3.8", install_requires=["torch>=1.10", "numpy"], extras_require={"gpu": ["cupy"]})\n',
  ],
  ['setup.cfg', '[options]\npython_requires = >=3.8\ninstall_requires =\n    torch\n    numpy>=1\n'],
  [
    'environment.yaml',
    'name: p\nchannels: [pytorch, nvidia]\ndependencies:\n  - python=3.8.5\n  - cudatoolkit=11.3\n  - pip:\n    - torch==1.11.0\n',
  ],
  [
    'package.json',
    '{"name":"x","engines":{"node":">=18"},"dependencies":{"@tensorflow/tfjs-node-gpu":"^4"}}',
  ],
  [
    'Cargo.toml',
    '[package]\nname = "game"\nrust-version = "1.80.0"\n[dependencies]\nwgpu = { version = "22", features = ["vulkan"] }\n',
  ],
  ['go.mod', 'module example.org/tensors\n\ngo 1.16\n\nrequire (\n\tgorgonia.org/cu v0.9.4\n)\n'],
  [
    'pom.xml',
    '<project><properties><maven.compiler.release>17</maven.compiler.release></properties></project>',
  ],
  ['build.gradle', 'java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }\n'],
  ['.python-version', '3.11.4\n'],
  ['.nvmrc', 'v20\n'],
  [
    'Dockerfile',
    'ARG CUDA=12.2.2\nFROM nvidia/cuda:${CUDA}-devel-ubuntu20.04 AS build\nRUN pip install torch \\\n  numpy\nFROM ubuntu:24.04\n',
  ],
  [
    'docker-compose.yml',
    'services:\n  a:\n    image: nvidia/cuda:12.2.2-base\n    deploy:\n      resources:\n        reservations:\n          devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]\n',
  ],
  [
    'CMakeLists.txt',
    'cmake_minimum_required(VERSION 3.21)\nproject(x LANGUAGES CXX CUDA)\nfind_package(CUDAToolkit 12.0 REQUIRED)\nset(CMAKE_CUDA_ARCHITECTURES 80 90)\n',
  ],
  [
    'README.md',
    '# Painter\nRuns on a GPU with at least 10GB VRAM.\n\n## Requirements\n\n- 16 GB of RAM\n- CUDA >= 12.3, driver >= 550.54\n\n| Size | Required VRAM |\n|---|---|\n| tiny | ~1 GB |\n| large | ~10 GB |\n\n```sh\npip install torch\n```\n',
  ],
  ['install/_min-requirements.sh', "MIN_DOCKER_VERSION='19.03.6'\nMIN_RAM_HARD=14000 # MB\n"],
];
const texts = manifests.map(([, text]) => text);
const sourceOf = (path: string, text: string) => ({ path, text, cut: false });
const analysis = JSON.parse(
  JSON.stringify(analyzeFiles(manifests.map(([path, text]) => sourceOf(path, text)))),
) as unknown;

export const provisionTargets: readonly FuzzTarget[] = [
  ...manifests.map(([path, text]) =>
    target(`repository: ${path}`, mutatedText([text]), (changed) => {
      readManifest(sourceOf(path, changed));
      analyzeFiles([sourceOf(path, changed)]);
    }),
  ),
  target(
    'repository: several files',
    fc.array(
      fc.record({
        path: fc.oneof(
          fc.constantFrom(...manifests.map(([path]) => path)),
          fc.string({ unit: 'binary', maxLength: 30 }),
        ),
        text: mutatedText(texts),
        cut: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    (files) => analyzeFiles(files),
  ),
  target('repository: passages of a page', mutatedText(texts), (text) =>
    readPassages(sourceOf('README.md', text)),
  ),
  target(
    'repository: URLs',
    mutatedText([
      'https://github.com/a/b.git',
      'git@github.com:a/b.git',
      'ssh://git@h:22/a',
      '/srv/a',
      'file:///srv/a',
    ]),
    (text) => mayRefuse(() => checkRepositoryUrl(text, { ssh: true, local: false })),
  ),
  target('repository: an analysis as JSON', bentValue([analysis]), (value) =>
    mayRefuse(() => readAnalysis(value)),
  ),
];
