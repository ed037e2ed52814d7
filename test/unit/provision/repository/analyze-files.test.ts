import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../../../../internal/provision/repository/analyze-files.ts';
import { unprovenOf } from './grade.ts';

/** Each repository is its files; what is said of it must be proven by their lines. */
function analyze(files: Readonly<Record<string, string>>) {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text, cut: false }));
  const analysis = analyzeFiles(sources);
  expect(unprovenOf(analysis.facts, (file, line) => files[file]?.split('\n')[line - 1] ?? '')).toEqual([]);
  expect(analyzeFiles(sources)).toEqual(analysis);
  return analysis;
}

describe('the verdict on the GPU', () => {
  it('is required where the text asks for one, with its memory and the CUDA of conda', () => {
    const { facts, requirement } = analyze({
      'README.md': '# Painter\nThe model is light and runs on a GPU with at least 10GB VRAM.\n',
      'environment.yaml':
        'name: p\ndependencies:\n  - python=3.8.5\n  - cudatoolkit=11.3\n  - pytorch=1.11.0\n',
    });
    expect(facts.gpu.need.value).toBe('required');
    expect(facts.gpu.vram_gb_min?.value).toBe(10);
    expect(facts.cuda.version_min?.value).toBe('11.3');
    expect(requirement).toMatchObject({ gpu_required: true, gpu_memory_gb: 10, python_version: '3.8.5' });
  });

  it('is recommended where there is a way with a CPU; a reproduction on eight cards is no need', () => {
    const { facts } = analyze({
      'README.md':
        '# Tiny\n\n## install\n\n```\npip install torch numpy\n```\n\n## quick start\n\n```\npython train.py --device=cpu\n```\n\n## reproducing GPT-2\n\nYou will need at least an 8X A100 40GB node.\n',
    });
    expect(facts.gpu.need.value).toBe('recommended');
    expect(facts.gpu.vram_gb_min).toBeUndefined();
    expect(facts.gpu.count_min?.value).toBe(1);
    expect(facts.cuda.needed.value).toBe(false);
  });

  it('is for AMD alone where the title is of ROCm, though CUDA is named', () => {
    const { facts, notes } = analyze({
      'README.md':
        '# ROCm Samples\nExamples of ROCm.\n\n## Building\n\n### Prerequisites\n\n- CMake (at least version 3.21)\n- [ROCm](https://example.org/x) (at least version 6.x.x)\n- For the CUDA backend: CUDA toolkit\n',
    });
    expect(facts.gpu.need.value).toBe('required');
    expect(facts.gpu.vendors?.value).toEqual(['amd']);
    expect(facts.cuda.needed.value).toBe(false);
    expect(facts.special?.value).toEqual(['cmake >= 3.21', 'ROCm >= 6']);
    expect(notes.join()).toContain('AMD');
  });

  it('is optional where a library supports CUDA, none where images only come in variants', () => {
    const go = analyze({
      'README.md':
        '# Tensors\nA library for Go.\n\n## Using CUDA\n\nTensors comes with CUDA support out of the box.\n',
      'go.mod': 'module example.org/tensors\n\ngo 1.16\n\nrequire (\n\tgorgonia.org/cu v0.9.4\n)\n',
    });
    expect(go.facts.gpu.need.value).toBe('optional');
    expect(go.facts.runtime['go']?.value).toBe('1.16');
    const images = analyze({
      'README.md':
        '# Notebook Docker Stacks\nReady-to-run Docker images.\n\n- We make CUDA enabled variants of one image\n',
    });
    expect(images.facts.gpu.need.value).toBe('none');
    expect(images.facts.special?.value).toEqual(['docker']);
  });

  it('is recommended without CUDA for what draws, and not to be had for Apple silicon', () => {
    const game = analyze({
      'Cargo.toml': '[package]\nname = "game"\nrust-version = "1.80.0"\n\n[dependencies]\nwgpu = "22"\n',
    });
    expect(game.facts.gpu.need.value).toBe('recommended');
    expect(game.facts.cuda.needed.value).toBe(false);
    expect(game.facts.runtime['rust']?.value).toBe('1.80');
    const apple = analyze({
      'README.md': '# Arrays\nArrays is a framework for machine learning on Apple silicon.\n',
    });
    expect(apple.facts.gpu.vendors?.value).toEqual(['apple']);
    expect(apple.notes.join()).toContain('no Linux host');
  });

  it('reads the image that ships, not one that only builds', () => {
    const { facts } = analyze({
      Dockerfile: 'ARG CUDA=12.2.2\nFROM nvidia/cuda:${CUDA}-devel-ubuntu20.04\nRUN make\n',
    });
    expect(facts.gpu.need.value).toBe('required');
    expect(facts.cuda.version_min?.value).toBe('12.2');
    expect(facts.os.flavour?.value).toBe('ubuntu20.04');
    // A name is a name, however long; the first value counts.
    const long = 'A'.repeat(50_000);
    const { facts: named } = analyze({
      Dockerfile: `ARG ${long}=12.2.2\nARG ${long}=11.0\nFROM nvidia/cuda:$${long}-devel-ubuntu20.04\n`,
    });
    expect(named.cuda.version_min?.value).toBe('12.2');
    const staged = analyze({
      Dockerfile: 'FROM nvidia/cuda:12.2.2-devel-ubuntu20.04 AS build\nFROM ubuntu:24.04\n',
    });
    expect(staged.facts.gpu.need.value).toBe('optional');
    expect(staged.facts.cuda.version_min).toBeUndefined();
  });
});

describe('numbers', () => {
  it('are those of requirement lists: the lowest floor of this system, no hint and no other version', () => {
    const { facts } = analyze({
      'README.md':
        '# Kernels\n\n## Version 3 beta\n\nRequirements: H100 GPU, CUDA >= 12.3.\n\n## Installation\n**Requirements:**\n- CUDA toolkit or ROCm toolkit\n- Windows: CUDA 11.0 or higher\n- CUDA 12.0 and above.\n- NVIDIA GPU Compute Capability >= 8.0\n- NVIDIA driver >= 550.54\n\nIf your machine has less than 96GB of RAM, set MAX_JOBS.\n',
    });
    expect(facts.cuda.version_min?.value).toBe('12.0');
    expect(facts.gpu.compute_capability_min?.value).toBe('8.0');
    expect(facts.cuda.driver_min?.value).toBe('550.54');
    expect(facts.ram_gb?.confidence).toBe(0.5);
  });

  it('are memory, disk and cores as they are stated; memory of a GPU is none of the machine', () => {
    const { facts } = analyze({
      'README.md':
        '# S\n\n## Requirements\n\n- 16 GB of RAM\n- 4 CPU cores\n- 100 GB of free disk space\n- NVIDIA GPUs with at least 12 GB of memory\n',
    });
    expect(facts.ram_gb?.value).toBe(16);
    expect(facts.cpu_cores?.value).toBe(4);
    expect(facts.disk_gb?.value).toBe(100);
    expect(facts.gpu.vram_gb_min?.value).toBe(12);
  });

  it('are those that an installer insists on', () => {
    const { facts } = analyze({
      'README.md': '# Self-hosted\n',
      'install/_min-requirements.sh':
        "MIN_DOCKER_VERSION='19.03.6'\nMIN_RAM_HARD=14000 # MB\nMIN_CPU_HARD=4\n",
    });
    expect(facts.ram_gb?.value).toBe(14);
    expect(facts.cpu_cores?.value).toBe(4);
    expect(facts.special?.value).toEqual(['docker >= 19.03.6']);
  });

  it("are the default model's, of a table of models", () => {
    const { facts } = analyze({
      'README.md':
        '# W\nThe default setting is the `turbo` model.\n\n| Size | Required VRAM |\n|---|---|\n| tiny | ~1 GB |\n| turbo | ~6 GB |\n| large | ~10 GB |\n',
      'requirements.txt': 'torch\n',
    });
    expect(facts.gpu.need.value).toBe('recommended');
    expect(facts.gpu.vram_gb_min?.value).toBe(6);
  });
});

describe('runtimes', () => {
  it('are those of the manifest, and a page that differs is noted', () => {
    const { facts, notes } = analyze({
      'pyproject.toml':
        '[project]\nname = "m"\nrequires-python = ">=3.12"\ndependencies = ["torch>=2.6.0"]\n',
      'docs/install.md': '# Install\n\n## Requirements\n\n- **Python**: >= 3.10\n',
    });
    expect(facts.runtime['python']?.value).toBe('>=3.12');
    expect(notes.join()).toContain('>=3.10');
  });

  it('are told of Node, Java and setup.cfg', () => {
    expect(
      analyze({ 'package.json': '{\n"engines": {\n"node": ">= 18"\n}\n}' }).facts.runtime['node']?.value,
    ).toBe('>=18');
    expect(
      analyze({ 'pom.xml': '<project>\n<java.version>17</java.version>\n</project>' }).facts.runtime['java']
        ?.value,
    ).toBe('>=17');
    expect(
      analyze({ 'setup.cfg': '[options]\npython_requires = >=3.9\n' }).facts.runtime['python']?.value,
    ).toBe('>=3.9');
  });
});

describe('files that are not what they should be', () => {
  it('are left out with a note, and nothing is made up', () => {
    const { facts, notes, requirement } = analyze({
      'pyproject.toml': '[project\n',
      'package.json': '{',
      'docker-compose.yml': 'a: &a [x]\nb: [*a, *a, {c: *nothing}]\n: :\n',
    });
    expect(notes).toEqual([
      expect.stringContaining('pyproject.toml'),
      expect.stringContaining('package.json is left out'),
    ]);
    expect(facts.gpu.need.value).toBe('none');
    expect(requirement.python_version).toBeNull();
    expect(requirement.os_type).toBeNull();
  });

  it('are no bomb: aliases are not followed', () => {
    const levels = Array.from(
      { length: 40 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    const { facts } = analyze({ 'compose.yaml': ['a0: &a0 x', ...levels, 'services: *a40'].join('\n') });
    expect(facts.gpu.need.value).toBe('none');
  });

  it('may be none at all', () => {
    const { facts, requirement } = analyzeFiles([]);
    expect(facts.gpu.need).toMatchObject({ value: 'none', evidence: [] });
    expect(requirement.ram_gb).toBeNull();
  });
});
