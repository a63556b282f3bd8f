import type { Config } from '../config.js';

/**
 * Scripts of this server only, and no inline ones. Inline styles are allowed, because the dashboard's components write
 * theirs at run time. Pictures have URLs that begin with `PUBLIC_URL`, which may differ from the host of the page.
 */
export function contentSecurityPolicy({ publicUrl }: Pick<Config, 'publicUrl'>): string {
  const directives = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': `'self' data: blob: ${new URL(publicUrl).origin}`,
    'font-src': "'self'",
    'connect-src': "'self'",
    'manifest-src': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
