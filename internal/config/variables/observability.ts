import { httpUrl, label, oneOf } from '../values.ts';
import type { Variable } from './variable.ts';

/** The log, and the name of this daemon. */
export const logVariables = {
  logLevel: {
    name: 'PROTIUM_LOG_LEVEL',
    aliases: ['MANAGER_LOG_LEVEL', 'CC_MANAGER_LOG_LEVEL'],
    fallback: 'info',
    allowed: 'error, warn, info or debug',
    meaning: 'The least important messages that are logged.',
    schema: oneOf('error', 'warn', 'info', 'debug'),
  },
  logFormat: {
    name: 'PROTIUM_LOG_FORMAT',
    aliases: [],
    fallback: 'auto',
    allowed: 'auto, json or pretty',
    meaning: 'JSON lines or text for people; auto: text on a terminal.',
    schema: oneOf('auto', 'json', 'pretty'),
  },
  instanceId: {
    name: 'PROTIUM_INSTANCE_ID',
    aliases: ['MANAGER_INSTANCE_ID'],
    fallback: null,
    unset: 'a random UUID at each start',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'Name of this daemon in /health and in traces.',
    schema: label,
  },
} as const satisfies Record<string, Variable>;

/** Traces, by the names of OpenTelemetry. */
export const traceVariables = {
  otlpTracesEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    aliases: [],
    fallback: null,
    unset: '`/v1/traces` under `OTEL_EXPORTER_OTLP_ENDPOINT`',
    allowed: 'an http or https URL',
    meaning: 'Where traces are sent (OTLP over HTTP), as it stands.',
    schema: httpUrl,
  },
  otlpEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    aliases: [],
    fallback: null,
    unset: 'no traces',
    allowed: 'an http or https URL',
    meaning: 'The OpenTelemetry collector (OTLP over HTTP).',
    schema: httpUrl,
  },
  serviceName: {
    name: 'OTEL_SERVICE_NAME',
    aliases: [],
    fallback: 'protium',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'Name of the service in traces.',
    schema: label,
  },
} as const satisfies Record<string, Variable>;
