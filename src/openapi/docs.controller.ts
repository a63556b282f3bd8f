import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RouteAccess } from './access-metadata.js';
import { Config } from '../config.js';
import { PROJECT_FOLDER } from '../project-folder.js';
import { notFound } from '../http/app-error.js';
import { ServedFile } from '../http/served-file.js';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const DOCUMENT = join(PROJECT_FOLDER, 'openapi', 'openapi.json');

/** Only resources of this server, but inline styles and data URLs too, which Swagger UI needs. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** @param base the path of `PUBLIC_URL`, under which browsers reach the service */
const htmlPage = (base: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tankobon API</title>
    <link rel="icon" type="image/png" href="${base}/docs/assets/favicon-32x32.png" />
    <link rel="stylesheet" href="${base}/docs/assets/swagger-ui.css" />
  </head>
  <body>
    <p style="max-width: 1460px; margin: 1em auto; padding: 0 20px; font: 14px sans-serif">
      The document that this page shows: <a href="${base}/openapi.json">openapi.json</a>
    </p>
    <div id="swagger-ui"></div>
    <script src="${base}/docs/assets/swagger-ui-bundle.js"></script>
    <script type="module" src="${base}/docs/assets/start.js"></script>
  </body>
</html>
`;

/**
 * Starts Swagger UI. The examples of optional parameters are removed, because Swagger UI would send them by default.
 * Requests go to the host of the page, which may have other names than the one in `PUBLIC_URL`.
 */
const startScript = (base: string) => `const address = new URL('${base}/openapi.json', location.href).href;
const document = await (await fetch(address)).json();
document.servers = [{ url: address.slice(0, -'/openapi.json'.length) }];
for (const path of Object.values(document.paths)) {
  for (const { parameters = [] } of Object.values(path)) {
    for (const parameter of parameters) if (!parameter.required) delete parameter.example;
  }
}
window.ui = SwaggerUIBundle({
  spec: document,
  dom_id: '#swagger-ui',
  // With more than about 125 operations in sight, Swagger UI keeps only those on the screen in the page.
  docExpansion: 'none',
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  withCredentials: true,
  validatorUrl: null,
});
// This operation has no parameters, hence no harmless example. A request interceptor that throws breaks Swagger UI.
addEventListener(
  'click',
  (event) => {
    const deletesAccount = event.target.closest('[id$="-usersDeleteCurrent"] .execute') !== null;
    if (deletesAccount && !confirm('This deletes your account for good, with all that is yours. Go on?'))
      event.stopImmediatePropagation();
  },
  true,
);
`;

/** The files of the package swagger-ui-dist that are served. */
const ASSETS = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/** The committed document, with `PUBLIC_URL` as the server. */
function readDocument({ publicUrl }: Config): ServedFile {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as { servers: { url: string }[] };
  const servers = document.servers.map((server) => ({ ...server, url: publicUrl }));
  const bytes = Buffer.from(JSON.stringify({ ...document, servers }));
  return new ServedFile(bytes, 'application/json; charset=utf-8', 'no-cache');
}

/** The OpenAPI document, and Swagger UI. */
@ApiExcludeController()
@Controller()
export class DocsController {
  private readonly files = new Map<string, ServedFile>();

  constructor(private readonly config: Config) {}

  @Get('openapi.json')
  @RouteAccess({ kind: 'public' })
  async document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.file('openapi.json', () => readDocument(this.config)).send(request, reply);
  }

  @Get('docs')
  @RouteAccess({ kind: 'public' })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', CONTENT_SECURITY_POLICY)
  page(): string {
    return htmlPage(this.config.basePath);
  }

  @Get('docs/assets/start.js')
  @RouteAccess({ kind: 'public' })
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return startScript(this.config.basePath);
  }

  @Get('docs/assets/:file')
  @RouteAccess({ kind: 'public' })
  async asset(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = ASSETS.get(file);
    if (type === undefined) throw notFound();
    const read = () => new ServedFile(readFileSync(join(SWAGGER_UI, file)), type, 'public, max-age=3600');
    await this.file(file, read).send(request, reply);
  }

  /** Reads a file on its first request, and caches it. */
  private file(name: string, read: () => ServedFile): ServedFile {
    const file = this.files.get(name) ?? read();
    this.files.set(name, file);
    return file;
  }
}
