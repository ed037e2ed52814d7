import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  encodeFrame,
  FrameSplitter,
  messageStatus,
  messageType,
  program,
} from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { errorReply } from '../../../../internal/libvirt/rpc/wire/error-reply.ts';
import type { Procedure } from '../../../../internal/libvirt/rpc/wire/procedure.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import type { Codec } from '../../../../internal/libvirt/rpc/xdr/codec.ts';
import { Reader } from '../../../../internal/libvirt/rpc/xdr/reader.ts';
import { Writer } from '../../../../internal/libvirt/rpc/xdr/writer.ts';

export interface Request {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
  readonly payload: Buffer;
}

/** One client of the fake server. */
export class FakeClient {
  readonly socket: net.Socket;
  readonly requests: Request[] = [];
  readonly #writer = new Writer();

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
  }

  /** The serials of the calls of a procedure that came so far. */
  serialsOf(procedure: { readonly number: number }): readonly number[] {
    return this.requests
      .filter(({ type, procedure: number }) => type === messageType.call && number === procedure.number)
      .map(({ serial }) => serial);
  }

  send(header: Partial<Omit<Request, 'payload'>>, payload: (writer: Writer) => void = () => undefined): void {
    const complete = {
      program: program.remote,
      procedure: 0,
      type: messageType.reply,
      serial: 0,
      status: messageStatus.ok,
      ...header,
    };
    this.socket.write(encodeFrame(this.#writer, complete, payload));
  }

  reply<R>(serial: number, procedure: Procedure<unknown, R>, values: R): void {
    this.send({ serial, procedure: procedure.number }, (writer) => {
      procedure.result.write(writer, values);
    });
  }

  error(header: Partial<Omit<Request, 'payload'>>, code: number, message: string | null): void {
    this.send({ ...header, status: messageStatus.error }, (writer) => {
      errorReply.write(writer, {
        code,
        domain: 10,
        message,
        level: 2,
        dom: null,
        str1: null,
        str2: null,
        str3: null,
        int1: 28,
        int2: -1,
        net: null,
      });
    });
  }

  event<T>(number: number, codec: Codec<T>, values: T): void {
    this.send({ procedure: number, type: messageType.message }, (writer) => {
      codec.write(writer, values);
    });
  }
}

export type Handler = (request: Request, client: FakeClient) => void;

/** A libvirtd that answers what a test tells it to; by itself it only opens and closes connections. */
export class FakeLibvirtd {
  readonly clients: FakeClient[] = [];
  readonly directory: string;
  readonly handlers = new Map<number, Handler>();
  /** For messages that are no calls of the remote program: streams, keepalive. */
  other: Handler = () => undefined;
  #server: net.Server | undefined;

  private constructor(directory: string) {
    this.directory = directory;
    this.answer(connect.authList, { types: [] });
    this.answer(connect.open, {});
    this.answer(connect.supportsFeature, { supported: true });
    this.on(connect.close, ({ serial }, client) => {
      client.reply(serial, connect.close, {});
      client.socket.end();
    });
  }

  static async start(): Promise<FakeLibvirtd> {
    const fake = new FakeLibvirtd(await mkdtemp(path.join(os.tmpdir(), 'fake-libvirtd-')));
    await fake.listen();
    return fake;
  }

  get socketPath(): string {
    return path.join(this.directory, 'libvirt-sock');
  }

  /** The port it listens at. */
  get port(): number {
    const address = this.#server?.address();
    if (typeof address !== 'object' || !address) throw new Error('it listens at no port');
    return address.port;
  }

  get uri(): string {
    return `qemu:///system?socket=${this.socketPath}`;
  }

  on(procedure: { readonly number: number }, handler: Handler): void {
    this.handlers.set(procedure.number, handler);
  }

  answer<R>(procedure: Procedure<unknown, R>, values: R): void {
    this.on(procedure, ({ serial }, client) => {
      client.reply(serial, procedure, values);
    });
  }

  /** Listens at its socket; `port` (0: any free one): at that port of the loopback device instead. */
  async listen(port?: number): Promise<void> {
    const server = net.createServer((socket) => {
      const client = new FakeClient(socket);
      this.clients.push(client);
      const splitter = new FrameSplitter((buffer, start, end) => {
        this.#received(client, Buffer.from(buffer.subarray(start, end)));
      });
      socket.on('data', (chunk) => {
        splitter.push(chunk);
      });
    });
    this.#server = server;
    const address = port === undefined ? { path: this.socketPath } : { host: '127.0.0.1', port };
    await new Promise<void>((resolve) => server.listen(address, resolve));
  }

  /** Ends all connections and listens no more. */
  async stop(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    this.clients.length = 0;
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
  }

  #received(client: FakeClient, frame: Buffer): void {
    const request: Request = {
      program: frame.readUInt32BE(4),
      procedure: frame.readInt32BE(12),
      type: frame.readInt32BE(16),
      serial: frame.readUInt32BE(20),
      status: frame.readInt32BE(24),
      payload: frame.subarray(28),
    };
    client.requests.push(request);
    const handler =
      request.type === messageType.call && request.program !== program.keepalive
        ? this.handlers.get(request.procedure)
        : this.other;
    handler?.(request, client);
  }
}

/** Reads a call's arguments. */
export function argumentsOf<A>(procedure: Procedure<A, unknown>, request: Request): A {
  return procedure.arguments.read(new Reader(request.payload));
}
