/** Variables of the Cocos manager that have no effect here. `warn` null: nobody needs to hear of it. */
export const ignoredVariables: readonly {
  readonly pattern: RegExp;
  readonly shown: string;
  readonly warn: string | null;
  readonly meaning: string;
}[] = [
  {
    pattern: /^(?:CC_|MANAGER_)?JAEGER_URL$/,
    shown: '`CC_JAEGER_URL`, `JAEGER_URL`, `MANAGER_JAEGER_URL`',
    warn: 'traces are sent over OTLP now; set OTEL_EXPORTER_OTLP_ENDPOINT instead',
    meaning: 'Jaeger receives OTLP itself: set `OTEL_EXPORTER_OTLP_ENDPOINT`. A warning says so.',
  },
  {
    pattern: /^MANAGER_QEMU_/,
    shown: '`MANAGER_QEMU_*`',
    warn: 'QEMU is configured by the domain documents; these have no effect',
    meaning: 'QEMU is configured by the domain documents. A warning says so.',
  },
  {
    pattern: /^(?:CC_)?MANAGER_SECRET$/,
    shown: '`CC_MANAGER_SECRET`, `MANAGER_SECRET`',
    warn: null,
    meaning: 'No version ever used it.',
  },
];
