import { describe, expect, it } from 'vitest';
import { readConfig, StartError } from '../../src/config.js';

describe('readConfig', () => {
  it('returns a frozen configuration of defaults for an empty environment', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      trustedOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'],
      corsOrigins: [],
      cookie: { secure: false, sameSite: 'lax' },
      databaseUrl: null,
      storageDriver: 'local',
      rateLimit: true,
      registration: 'open',
      defaultCurrency: 'EUR',
      oidcProviders: [],
      smtpUrl: null,
      mailFrom: 'Tankobon <no-reply@localhost>',
      adminUsername: 'admin',
      adminPassword: null,
      logLevel: 'info',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('treats empty variables as absent', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', JWT_SECRET: '' })).toEqual(readConfig({}));
  });

  it('derives the trusted origins from PUBLIC_URL and CORS_ORIGINS', () => {
    const config = readConfig({
      PUBLIC_URL: 'https://api.example/',
      CORS_ORIGINS: 'https://a.example, http://b.example:81',
    });
    expect(config.trustedOrigins).toEqual([
      'https://api.example',
      'https://a.example',
      'http://b.example:81',
    ]);
    expect(config.cookie.secure).toBe(true);
  });

  it.each([
    ['https://h.example/tankobon/', 'https://h.example/tankobon', '/tankobon'],
    ['https://H.example:443/a/b', 'https://h.example/a/b', '/a/b'],
    ['http://localhost:8080', 'http://localhost:8080', ''],
    ['https://h.example//', 'https://h.example', ''],
  ])('reads the path of PUBLIC_URL=%s', (given, publicUrl, basePath) => {
    expect(readConfig({ PUBLIC_URL: given })).toMatchObject({ publicUrl, basePath });
  });

  it.each([
    [{ PORT: '0' }, 'PORT'],
    [{ REGISTRATION: 'all' }, 'REGISTRATION'],
    [{ DEFAULT_CURRENCY: 'eur' }, 'DEFAULT_CURRENCY'],
    [{ DEFAULT_CURRENCY: 'XAU' }, 'DEFAULT_CURRENCY'],
    [{ OIDC_PROVIDERS: 'A B' }, 'OIDC_PROVIDERS'],
    [{ OIDC_PROVIDERS: 'one' }, 'OIDC_ONE_ISSUER'],
    [{ OIDC_PROVIDERS: 'one', OIDC_ONE_ISSUER: 'http://id.example' }, 'OIDC_ONE_ISSUER'],
    [{ OIDC_PROVIDERS: 'my-id', OIDC_MY_ID_ISSUER: 'https://id.example' }, 'OIDC_MY_ID_CLIENT_ID'],
    [{ SMTP_URL: 'http://mail.example', MAIL_FROM: 'a@b.example' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://', MAIL_FROM: 'a@b.example' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM'],
    [{ MAIL_FROM: 'nobody' }, 'MAIL_FROM'],
    [{ MAIL_FROM: 'a@b.example, c@d.example' }, 'MAIL_FROM'],
    [{ PORT: 'x' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PUBLIC_URL: 'ftp://x' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'x' }, 'PUBLIC_URL'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'https://a.example/path' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'https://*.example.org' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'null' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'capacitor://*' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'file:///index.html' }, 'CORS_ORIGINS'],
    [{ DATABASE_URL: 'postgresql://u:p%zz@h/db' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgresql://u@h/db?sslmode=foo' }, 'sslmode'],
    [{ DATABASE_DIRECT_URL: 'https://h/db' }, 'DATABASE_DIRECT_URL'],
    [{ COOKIE_SAME_SITE: 'strict' }, 'COOKIE_SAME_SITE'],
    [{ COOKIE_SAME_SITE: 'none' }, 'COOKIE_SAME_SITE'],
    [{ COOKIE_SAME_SITE: 'none', PUBLIC_URL: 'https://x.example' }, 'COOKIE_SAME_SITE'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET'],
    [{ NODE_ENV: 'production', DATABASE_URL: 'postgresql://x/y' }, 'JWT_SECRET'],
    [{ STORAGE_DRIVER: 'disk' }, 'STORAGE_DRIVER'],
    [{ STORAGE_DRIVER: 's3' }, 'S3_BUCKET'],
    [{ DATABASE_REPLICA_URLS: 'postgresql://x/y' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgresql://x/y', DATABASE_REPLICA_URLS: 'redis://x' }, 'DATABASE_REPLICA_URLS'],
    [{ RATE_LIMIT_PER_MINUTE: '0' }, 'RATE_LIMIT_PER_MINUTE'],
    [{ SHED_LOAD: 'yes' }, 'SHED_LOAD'],
    [{ RATE_LIMIT: 'no' }, 'RATE_LIMIT'],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: '127.0.0.1:80' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: 'fe80::1%eth0' }, 'TRUSTED_PROXIES'],
    [{ TRUSTED_PROXIES: 'localhost' }, 'TRUSTED_PROXIES'],
    [{ ADMIN_USERNAME: 'a b' }, 'ADMIN_USERNAME'],
    [{ ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ PUBLIC_URL: 'https://x.example/?a=b' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'https://x.example/#a' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'https://user:secret@x.example' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'https://x.example/a;b' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: "https://x.example/a'b" }, 'PUBLIC_URL'],
    [{ CORS_ORIGINS: 'https://a.example,null' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'capacitor://localhost/' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'capacitor:localhost' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'file://' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'ftp://a.example' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'a.example' }, 'CORS_ORIGINS'],
  ])('rejects %j with an error of one line', (env, name) => {
    const attempt = () => readConfig(env as Record<string, string>);
    expect(attempt).toThrow(StartError);
    expect(attempt).toThrow(name);
    expect(attempt).not.toThrow('\n');
  });

  it.each([
    ['postgresql://u@/db?host=/var/run/postgresql', 'postgresql://u@localhost/db?host=/var/run/postgresql'],
    ['postgresql:///db?host=/run/postgresql', 'postgresql:///db?host=/run/postgresql'],
    ['postgres://u:p@h:5433/db?sslmode=require', 'postgres://u:p@h:5433/db?sslmode=verify-full'],
    ['postgresql://u:p@h/db?sslmode=no-verify', 'postgresql://u:p@h/db?sslmode=no-verify'],
  ])('accepts DATABASE_URL=%s', (DATABASE_URL, databaseUrl) => {
    expect(readConfig({ DATABASE_URL }).databaseUrl).toBe(databaseUrl);
  });

  it('accepts the origins of app shells unchanged', () => {
    const origins = ['capacitor://localhost', 'tauri://localhost', 'chrome-extension://abcdefghijklmnop'];
    const { corsOrigins, trustedOrigins } = readConfig({ CORS_ORIGINS: origins.join(',') });
    expect(corsOrigins).toEqual(origins);
    expect(trustedOrigins).toEqual(expect.arrayContaining(origins));
  });

  it('keeps passwords out of its error messages', () => {
    expect(() => readConfig({ DATABASE_URL: 'mysql://user:hunter2@x/y' })).not.toThrow('hunter2');
    expect(() => readConfig({ ADMIN_PASSWORD: 'short' })).not.toThrow('short');
  });
});
