import type { SourceFile } from '../../analysis.ts';
import { remark, type Place } from '../clue.ts';
import type { Workload } from '../conclude/workloads.ts';
import { introductionOf, mentions, statements } from '../documents/mentions.ts';
import { baseName, depthOf, findLine, placeOfLine } from '../lines.ts';
import { isRequirementsTxt } from '../manifests/read-manifest.ts';
import type { Rule } from '../rule.ts';

/** A manifest and the line of it that shows what the project is. */
const manifests: readonly (readonly [name: RegExp, workload: Workload, line: RegExp])[] = [
  [
    /^(?:pyproject\.toml|setup\.(?:py|cfg)|pipfile|environment\.ya?ml)$/i,
    'python-application',
    /^\s*(?:name|requires-python|setup\(|install_requires|dependencies|\[project\]|\[tool\.|\[packages\])/,
  ],
  [/^package\.json$/i, 'node-application', /"(?:name|dependencies|scripts)"\s*:/],
  [/^go\.mod$/i, 'go-build', /^module\s/],
  [/^cargo\.toml$/i, 'rust-build', /^\s*\[(?:package|workspace)\]/],
  [/^(?:pom\.xml|build\.gradle(?:\.kts)?|build\.sbt)$/i, 'jvm-build', /<artifactId>|plugins|name\s*:?=/],
  [/^gemfile$/i, 'ruby-application', /^\s*(?:source|gem|ruby)\b/],
  [/^composer\.json$/i, 'php-application', /"(?:name|require)"\s*:/],
  [/^(?:global\.json|.*\.(?:sln|csproj))$/i, 'dotnet-build', /\S/],
  [
    /^(?:cmakelists\.txt|makefile|configure(?:\.ac)?|meson\.build|build\.zig)$/i,
    'native-build',
    /^\s*(?:project|AC_INIT|cmake_minimum_required|[A-Za-z_-]+\s*[:?]?=|[\w.-]+\s*:)/i,
  ],
  [/^(?:package\.swift|mix\.exs|pubspec\.yaml)$/i, 'native-build', /\S/],
];

export const ecosystemRules: readonly Rule[] = [
  {
    name: 'manifest-workload',
    reads: 'which manifests there are, those of the root first',
    concludes: 'the kind of work, from which memory, disk and cores are estimated',
    find: function* ({ files, dependencies }) {
      // A Makefile is also a list of short cuts.
      const hasOthers = files.some(
        ({ path }) =>
          depthOf(path) === 0 && manifests.some(([name]) => name.test(path)) && !/^makefile$/i.test(path),
      );
      for (const [name, workload, line] of manifests)
        for (const file of files)
          if (
            depthOf(file.path) <= 1 &&
            name.test(baseName(file.path)) &&
            !(/^makefile$/i.test(baseName(file.path)) && hasOthers)
          ) {
            const confidence = depthOf(file.path) === 0 ? 0.5 : 0.3;
            yield remark('workload', workload, confidence, firstLine(file, line));
          }
      for (const file of files)
        if (depthOf(file.path) === 0 && isRequirementsTxt(file.path))
          yield remark('workload', 'python-application', 0.5, firstLine(file, /\w/));
      const crates = files.filter(({ path }) => /(?:^|\/)cargo\.toml$/i.test(path));
      const [root] = crates;
      const needed = dependencies.filter(({ ecosystem, scope }) => ecosystem === 'rust' && scope !== 'dev');
      if (root !== undefined && (crates.length > 8 || needed.length > 60))
        yield remark(
          'workload',
          'rust-large-build',
          0.5,
          firstLine(root, /^\s*\[(?:workspace|dependencies)\]/),
        );
    },
  },
  {
    name: 'text-workload',
    reads:
      "titles, first paragraphs and commands of the README: what is trained, served, built or drawn, and pip's lines",
    concludes: 'the kind of work, from which memory, disk and cores are estimated',
    find: function* (view) {
      for (const [workload, pattern] of introduced)
        for (const passage of introductionOf(view)) {
          const found = pattern.exec(passage.text);
          if (found !== null && passage.kind !== 'row')
            yield remark(
              'workload',
              workload,
              0.6,
              passage.place(found.index, found.index + found[0].length),
            );
        }
      for (const [workload, pattern] of said)
        for (const { place } of statements(view, pattern)) yield remark('workload', workload, 0.5, place);
    },
  },
  {
    name: 'text-pip-install',
    reads:
      '"pip install torch" and "conda install pytorch" in the code of all READMEs, and sentences that ask for PyTorch',
    concludes: 'a framework for machine learning: a GPU is recommended',
    find: function* (view) {
      const pattern =
        /\b(?:pip3?|uv|conda|mamba)\s+(?:pip\s+)?install\b[^#\n]*?\b(torch|pytorch|tensorflow|jax|transformers|diffusers)\b|\b(?:requires?|requirements?|depends? on|dependenc\w+|as well as)\b[^.;]{0,60}\b(?:PyTorch|TensorFlow|JAX)\b|\bexamples? of using PyTorch\b|^(?:[-*+•]|\d+[.)])\s*(?:PyTorch|TensorFlow)\b/gi;
      for (const { match, place, passage, forAll, optional, standing } of mentions(view, pattern)) {
        if (optional || standing === 'aside' || /notebook|jupyter\//i.test(match[0])) continue;
        yield remark('gpu', forAll ? 'framework' : 'supported', 0.6, place);
        yield remark('vendor', 'nvidia', 0.3, place);
        if (forAll || passage.kind === 'code') yield remark('workload', 'machine-learning', 0.5, place);
      }
    },
  },
];

/** What the first paragraphs say that it is. */
const introduced: readonly (readonly [Workload, RegExp])[] = [
  [
    'large-scale-training',
    /\b(?:training|train) (?:\w+ ){0,3}(?:transformer|large|language|foundation|AI|deep learning)(?:[- ]\w+)? ?models?\b[^.]{0,40}\b(?:at scale|scal\w+|cheaper|faster|distributed)|\bbig model era\b|\blarge[- ]scale (?:model )?(?:training|AI)\b|\bdistributed training\b|\blarge AI models\b/i,
  ],
  [
    'language-model',
    /\bLLM (?:inference|serving)\b|\binference (?:and serving )?(?:engine|server)[^.]{0,20}LLMs?\b|\bserv\w+ (?:engine )?for LLMs?\b|\brun(?:ning)? (?:large language models|LLMs|open models)\b|\bopen[- ]weights? (?:large )?(?:language )?models?\b|\bopen models\b|\b(?:weights|checkpoints)[^.]{0,40}\b(?:language models?|LLMs?)\b|\b(?:language models?|LLMs?)\b[^.]{0,60}\bparameters\b/i,
  ],
  [
    'machine-learning',
    /\b(?:text-to-image|image segmentation|segmentation model|object detection|speech recognition|diffusion model|neural (?:radiance|rendering|network)|NeRFs?|deep learning|machine learning framework|generative models?|protein structure|text[- ]to[- ]speech)\b|\bGPTs?\b/,
  ],
  ['graphics', /\bgame engine\b|\b3D (?:creation|engine)\b/i],
  ['gpu-data-frames', /\bGPU[- ]accelerated (?:DataFrame|data ?frame|analytics)/i],
  [
    'gpu-build',
    /\b(?:CUDA|ROCm|HIP|GPU)[^.]{0,20}\b(?:samples?|examples?|kernels?|library|libraries)\b|\bC(?:\+\+)?\/CUDA\b/i,
  ],
  ['containers', /\bDocker (?:images?|containers?|stacks?)\b/i],
  ['service-stack', /\bself[- ]hosted\b|\bself-host\b|\bdocker[- ]compose\b/i],
  [
    'database',
    /\b(?:in-memory|distributed|relational|vector|time[- ]series|SQL|document|NoSQL) (?:data structure server|database|data store|datastore)\b|\bdatabase (?:management )?system\b/i,
  ],
  ['jvm-large-service', /\bsearch (?:and analytics )?engine\b|\bdistributed (?:event )?streaming\b/i],
  [
    'native-large-build',
    /\b(?:compiler infrastructure|web browser|operating system kernel|LLVM project|toolchain technologies)\b/i,
  ],
];

const said: readonly (readonly [Workload, RegExp])[] = [
  [
    'gpu-large-build',
    /\b(?:MAX_JOBS|exhaust the amount of RAM|(?:build|compil\w+)[^.]{0,60}\b(?:out of memory|lot of memory|large amount of memory))\b/gi,
  ],
  [
    'gpu-build',
    /\bnvcc\b(?!\.)|\bhipcc\b|\bmake \w+cu\b|\bCUDA (?:kernels?|extensions?)\b[^.]{0,40}\bbuil[dt]/gi,
  ],
  ['native-build', /\bcmake (?:\.\.|-B|-S|\.)|\b\.\/configure\b|^\$? ?make(?: -j\S*)?(?: all)?$/gi],
  ['go-build', /\bgo (?:get|install|build)\b/gi],
];

function firstLine(file: SourceFile, pattern: RegExp): Place {
  return placeOfLine(file, findLine(file, pattern) ?? findLine(file, /\S/) ?? 1);
}
