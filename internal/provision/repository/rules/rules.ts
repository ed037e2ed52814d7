import type { Rule } from '../rule.ts';
import { buildRules } from './builds.ts';
import { containerRules } from './containers.ts';
import { dependencyRules } from './dependencies.ts';
import { ecosystemRules } from './ecosystems.ts';
import { textCudaRules } from './text-cuda.ts';
import { textGpuRules } from './text-gpu.ts';
import { textSizeRules } from './text-sizes.ts';
import { textSystemRules } from './text-system.ts';

/** All rules, in the order of docs/provision-rules.md. */
export const rules: readonly Rule[] = [
  ...textGpuRules,
  ...textCudaRules,
  ...textSizeRules,
  ...textSystemRules,
  ...dependencyRules,
  ...buildRules,
  ...containerRules,
  ...ecosystemRules,
];
