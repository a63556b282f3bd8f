import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { CURRENCIES } from './currencies.js';

/** The reason why the service cannot start. `run` prints its message as one line, without a stack. */
export class StartError extends Error {}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const SAME_SITE = ['lax', 'none'] as const;
const REGISTRATION = ['open', 'invite', 'closed'] as const;
const STORAGE_DRIVERS = ['local', 's3', 'none'] as const;

/**
 * An S3-compatible bucket. Without credentials, the AWS SDK uses those of the environment, such as an instance role.
 */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Null means Amazon's endpoint of the region. */
  readonly endpoint: string | null;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** Whether URLs have the bucket's name in the path (path-style) instead of the host. */
  readonly pathStyle: boolean;
}

/** An OpenID Connect provider. */
export interface OidcProvider {
  /** Name in paths, in lower case. */
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Name for readers. */
  readonly label: string;
}

/** The configuration of a node: read once at start, validated, frozen. */
export class Config {
  /** Whether `NODE_ENV` is `production`, where some settings are required: see `readConfig`. */
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** URL under which clients reach this service, without a trailing slash. */
  readonly publicUrl: string;
  /** The path of `publicUrl`, which a proxy strips; empty for none. */
  readonly basePath: string;
  /** Origins whose pages may send requests with a user's cookie: those of `corsOrigins` and `publicUrl`. Lower case. */
  readonly trustedOrigins: readonly string[];
  /** Origins that CORS allows: those of `CORS_ORIGINS` only. */
  readonly corsOrigins: readonly string[];
  readonly cookie: { readonly secure: boolean; readonly sameSite: (typeof SAME_SITE)[number] };
  /** Absolute path of the folder for the embedded database, generated secrets and local images. */
  readonly dataDir: string;
  /** An existing PostgreSQL; null means the embedded one under `dataDir`. */
  readonly databaseUrl: string | null;
  /** Connection for migrations and advisory locks if `databaseUrl` is a connection pooler. */
  readonly databaseDirectUrl: string | null;
  readonly databasePoolSize: number;
  /** Read replicas, which may lag, for public data. */
  readonly databaseReplicaUrls: readonly string[];
  /** Key that signs tokens; null means a generated key, stored in `dataDir`. */
  readonly jwtSecret: string | null;
  readonly storageDriver: (typeof STORAGE_DRIVERS)[number];
  /** The bucket for images if the driver is `s3`, else null. */
  readonly s3: S3Settings | null;
  readonly rateLimit: boolean;
  /** Maximum number of requests per minute of one user or address. */
  readonly requestsPerMinute: number;
  /** Whether requests are refused while the event loop is overloaded. */
  readonly shedLoad: boolean;
  /** Addresses or networks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  /** Who may register: everyone, invited users, or nobody. */
  readonly registration: (typeof REGISTRATION)[number];
  /** The currency of readers who have chosen none: an ISO 4217 code. */
  readonly defaultCurrency: string;
  readonly oidcProviders: readonly OidcProvider[];
  /** Server that messages are sent through; null means files in `dataDir`. */
  readonly smtpUrl: string | null;
  /** Sender of messages: an address, with or without a name. */
  readonly mailFrom: string;
  readonly adminUsername: string;
  readonly adminPassword: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];

  constructor(values: { [Key in keyof Config]: Config[Key] }) {
    Object.assign(this, values);
    Object.freeze(this.cookie);
    Object.freeze(this);
  }
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the configuration of the service and its commands from environment variables.
 *
 * @throws StartError with the name of the first invalid variable and its valid values
 */
export function readConfig(env: Environment = process.env): Config {
  const port = integer(env, 'PORT', 3000, 1, 65_535);
  const publicUrl = publicUrlOf(env) ?? `http://localhost:${port}`;
  const corsOrigins = list(env, 'CORS_ORIGINS').map(asOrigin);
  const sameSite = choice(env, 'COOKIE_SAME_SITE', SAME_SITE, 'lax');
  const secure = publicUrl.startsWith('https:');
  const databaseUrl = databaseAddress(env, 'DATABASE_URL');
  const jwtSecret = text(env, 'JWT_SECRET');
  const production = env['NODE_ENV'] === 'production';
  const storageDriver = choice(env, 'STORAGE_DRIVER', STORAGE_DRIVERS, 'local');
  const databaseReplicaUrls = list(env, 'DATABASE_REPLICA_URLS').map((value) => asDatabase(value));

  if (sameSite === 'none' && !(secure && corsOrigins.length > 0)) {
    throw new StartError('COOKIE_SAME_SITE=none needs an https PUBLIC_URL and CORS_ORIGINS');
  }
  if (databaseReplicaUrls.length > 0 && databaseUrl === null) {
    throw new StartError('DATABASE_REPLICA_URLS needs DATABASE_URL');
  }
  if (jwtSecret !== null && Buffer.byteLength(jwtSecret) < 32) {
    throw new StartError('JWT_SECRET must have at least 32 bytes');
  }
  if (jwtSecret === null && production && databaseUrl !== null) {
    throw new StartError('JWT_SECRET is required in production with DATABASE_URL');
  }
  return new Config({
    production,
    host: text(env, 'HOST') ?? 'localhost',
    port,
    publicUrl,
    basePath: pathOf(publicUrl),
    trustedOrigins: [...new Set([...ownOrigins(publicUrl), ...corsOrigins])],
    corsOrigins,
    cookie: { secure, sameSite },
    dataDir: resolve(text(env, 'DATA_DIR') ?? '.data'),
    databaseUrl,
    databaseDirectUrl: databaseAddress(env, 'DATABASE_DIRECT_URL'),
    databaseReplicaUrls,
    databasePoolSize: integer(env, 'DATABASE_POOL_SIZE', 20, 2, 1000),
    jwtSecret,
    storageDriver,
    s3: storageDriver === 's3' ? s3Settings(env) : null,
    rateLimit: choice(env, 'RATE_LIMIT', ['on', 'off'] as const, 'on') === 'on',
    requestsPerMinute: integer(env, 'RATE_LIMIT_PER_MINUTE', 600, 1, 100_000_000),
    shedLoad: choice(env, 'SHED_LOAD', ['on', 'off'] as const, 'on') === 'on',
    trustedProxies: list(env, 'TRUSTED_PROXIES').map(asNetwork),
    registration: choice(env, 'REGISTRATION', REGISTRATION, 'open'),
    defaultCurrency: currency(env),
    oidcProviders: list(env, 'OIDC_PROVIDERS').map((name) => oidcProvider(env, name)),
    ...mailSettings(env),
    adminUsername: adminUsername(env),
    adminPassword: adminPassword(env),
    logLevel: choice(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
  });
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The provider of a name in `OIDC_PROVIDERS`. Errors contain no secret. */
function oidcProvider(env: Environment, name: string): OidcProvider {
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(name)) {
    throw new StartError(
      `OIDC_PROVIDERS must list names of lower-case letters, digits and hyphens, not ${JSON.stringify(name)}`,
    );
  }
  const prefix = `OIDC_${name.toUpperCase().replaceAll('-', '_')}`;
  const required = (part: string): string => {
    const value = text(env, `${prefix}_${part}`);
    if (value === null) throw new StartError(`${prefix}_${part} is required with OIDC_PROVIDERS`);
    return value;
  };
  const issuer = required('ISSUER');
  const parsed = URL.canParse(issuer) ? new URL(issuer) : null;
  const isSafe =
    parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && LOOPBACK.includes(parsed.hostname));
  if (!isSafe) throw new StartError(`${prefix}_ISSUER must be an https URL; http only for a loopback host`);
  return {
    id: name,
    issuer,
    clientId: required('CLIENT_ID'),
    clientSecret: required('CLIENT_SECRET'),
    label: text(env, `${prefix}_LABEL`) ?? name,
  };
}

/** The server and the sender of messages. Errors do not contain the URL, which may include a password. */
function mailSettings(env: Environment): Pick<Config, 'smtpUrl' | 'mailFrom'> {
  const smtpUrl = url(env, 'SMTP_URL', ['smtp:', 'smtps:']);
  if (smtpUrl !== null && new URL(smtpUrl).hostname === '')
    throw new StartError('SMTP_URL must name a host, as in smtp://mail.example.com:587');
  const mailFrom = text(env, 'MAIL_FROM');
  if (smtpUrl !== null && mailFrom === null) throw new StartError('MAIL_FROM is required with SMTP_URL');
  if (mailFrom !== null && !/^(?:[^<>@,;:"\r\n]* <)?[^\s<>@,;:"]+@[^\s<>@,;:"]+>?$/.test(mailFrom)) {
    throw new StartError(
      `MAIL_FROM must be an address, such as Tankobon <no-reply@example.com>, not ${JSON.stringify(mailFrom)}`,
    );
  }
  return { smtpUrl, mailFrom: mailFrom ?? 'Tankobon <no-reply@localhost>' };
}

function s3Settings(env: Environment): S3Settings {
  const bucket = text(env, 'S3_BUCKET');
  if (bucket === null) throw new StartError('S3_BUCKET is required with STORAGE_DRIVER=s3');
  const accessKeyId = text(env, 'S3_ACCESS_KEY_ID');
  const secretAccessKey = text(env, 'S3_SECRET_ACCESS_KEY');
  if ((accessKeyId === null) !== (secretAccessKey === null)) {
    throw new StartError('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together');
  }
  return {
    bucket,
    region: text(env, 'S3_REGION') ?? 'us-east-1',
    endpoint: url(env, 'S3_ENDPOINT', ['http:', 'https:']),
    credentials: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey },
    pathStyle: choice(env, 'S3_PATH_STYLE', ['on', 'off'] as const, 'off') === 'on',
  };
}

function text(env: Environment, name: string): string | null {
  const value = env[name]?.trim();
  if (value?.includes('\0')) throw new StartError(`${name} must not contain NUL`);
  return value === undefined || value === '' ? null : value;
}

function list(env: Environment, name: string): string[] {
  return (text(env, name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function integer(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const value = text(env, name);
  if (value === null) return fallback;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw new StartError(`${name} must be an integer from ${min} to ${max}, not ${JSON.stringify(value)}`);
  }
  return number;
}

function choice<const T extends string>(
  env: Environment,
  name: string,
  values: readonly T[],
  fallback: T,
): T {
  const value = text(env, name) ?? fallback;
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new StartError(`${name} must be one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
  }
  return found;
}

/** The default currency. The error does not list all codes. */
function currency(env: Environment): string {
  const value = text(env, 'DEFAULT_CURRENCY') ?? 'EUR';
  if (!CURRENCIES.includes(value)) {
    throw new StartError(
      `DEFAULT_CURRENCY must be the ISO 4217 code of an active currency, such as EUR, not ${JSON.stringify(value)}`,
    );
  }
  return value;
}

/** The URL under which clients reach the service: an origin, and optionally a path that a proxy strips. */
function publicUrlOf(env: Environment): string | null {
  const value = url(env, 'PUBLIC_URL', ['http:', 'https:']);
  if (value === null) return null;
  const { origin, username, password, search, hash } = new URL(value);
  // These characters need no escaping in the path of a cookie and in HTML.
  const isPlain = username + password + search + hash === '' && /^[\w.~%@:+/-]*$/.test(pathOf(value));
  if (!isPlain) throw new StartError('PUBLIC_URL must have nothing but a host, a port and a plain path');
  return origin + pathOf(value);
}

function pathOf(value: string): string {
  return new URL(value).pathname.replace(/\/+$/, '');
}

/** Reads a URL. Errors do not contain its value, which may include a password. */
function url(env: Environment, name: string, protocols: readonly string[]): string | null {
  const value = text(env, name);
  if (value === null) return null;
  const parsed = URL.canParse(value) ? new URL(value) : null;
  if (parsed === null || !protocols.includes(parsed.protocol)) {
    throw new StartError(`${name} must be a URL that starts with ${protocols.join('// or ')}//`);
  }
  return value.replace(/\/+$/, '');
}

function databaseAddress(env: Environment, name: string): string | null {
  const value = text(env, name);
  return value === null ? null : asDatabase(value, name);
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Validates a connection URL. Errors do not contain it, because it may include a password. */
function asDatabase(value: string, name = 'DATABASE_REPLICA_URLS'): string {
  // A URL with a user but without a host, as for a Unix socket, cannot be parsed.
  const address = value.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?#]|$)/, '$1localhost');
  const parsed = URL.canParse(address) ? new URL(address) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol) || !address.includes('://'))
    throw new StartError(`${name} must be a URL that starts with postgresql://`);
  if (![parsed.username, parsed.password, parsed.pathname].every(isDecodable))
    throw new StartError(`${name} has a percent sign that begins no two hexadecimal digits; write it as %25`);
  const sslmode = parsed.searchParams.get('sslmode');
  if (sslmode !== null && !SSL_MODES.includes(sslmode))
    throw new StartError(
      `${name}: sslmode must be one of ${SSL_MODES.join(', ')}, not ${JSON.stringify(sslmode)}`,
    );
  // The driver treats these modes as verify-full, and would print a warning.
  return address
    .replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=[&#]|$)/, '$1verify-full')
    .replace(/\/+$/, '');
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function asOrigin(value: string): string {
  const parsed = URL.canParse(value) && !value.includes('*') ? new URL(value) : null;
  const isWeb = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.origin === value.toLowerCase();
  if (isWeb) return parsed.origin;
  // Native app shells have custom schemes, such as capacitor://localhost, for which `URL.origin` is "null".
  const isShell =
    parsed?.origin === 'null' && /^(?!file:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d+)?$/.test(value);
  if (isShell) return value;
  throw new StartError(
    `CORS_ORIGINS must list origins such as https://app.example.com, not ${JSON.stringify(value)}`,
  );
}

function asNetwork(value: string): string {
  const [address = '', bits, ...rest] = value.split('/');
  const widest = isIP(address) === 4 ? 32 : 128;
  const isAddress = isIP(address) !== 0 && !address.includes('%');
  const validBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest);
  if (!isAddress || !validBits || rest.length > 0) {
    throw new StartError(
      `TRUSTED_PROXIES must list addresses or networks such as 10.0.0.0/8, not ${JSON.stringify(value)}`,
    );
  }
  return value;
}

/** The origin of `publicUrl`; for a loopback host, the origins of all its names. */
function ownOrigins(publicUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(publicUrl);
  if (!LOOPBACK.includes(hostname)) return [origin];
  return LOOPBACK.map((host) => new URL(`${protocol}//${host}${port === '' ? '' : `:${port}`}`).origin);
}

function adminUsername(env: Environment): string {
  const value = text(env, 'ADMIN_USERNAME') ?? 'admin';
  if (!/^[A-Za-z0-9_.-]{3,20}$/.test(value)) {
    throw new StartError('ADMIN_USERNAME must have 3 to 20 of the characters A-Z a-z 0-9 _ . -');
  }
  return value;
}

function adminPassword(env: Environment): string | null {
  const value = env['ADMIN_PASSWORD'];
  if (value === undefined || value === '') return null;
  const length = [...value].length;
  if (length < 8 || length > 128 || Buffer.byteLength(value) > 512 || value.trim() === '') {
    throw new StartError('ADMIN_PASSWORD must have 8 to 128 characters');
  }
  return value;
}
