import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** An SMTP server that keeps what it receives. */
export class MailServer {
  readonly received: ParsedMail[] = [];
  /** Number of connections, also of those that rejected the certificate. */
  connections = 0;
  private server: SMTPServer | null = null;
  private port = 0;

  private constructor(private readonly options: SMTPServerOptions) {}

  /** Starts a server on a free port. Without options it takes every message, without TLS. */
  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await server.open();
    return server;
  }

  get url(): string {
    return `${this.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${this.port}`;
  }

  /** Opens the server, after `close` on the same port. */
  async open(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      closeTimeout: 0,
      ...this.options,
      onData: (stream, _session, callback) => void this.receive(stream, callback),
    });
    server.server.on('connection', () => this.connections++);
    // A client that rejects the certificate is an error of the connection here.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  private async receive(stream: Readable, callback: (error?: Error) => void): Promise<void> {
    this.received.push(await simpleParser(stream));
    callback();
  }

  /** The messages to an address, oldest first. */
  to(address: string): ParsedMail[] {
    return this.received.filter((mail) => [mail.to].flat().some((to) => to?.text === address));
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server !== null) await new Promise<void>((resolve) => server.close(resolve));
  }
}
