import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Open } from '../auth/access.js';
import { PROJECT_FOLDER } from '../project-folder.js';
import { notFound } from './app-error.js';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const DOCUMENT = join(PROJECT_FOLDER, 'openapi', 'openapi.json');

/** Everything from this server; Swagger UI styles its elements inline and draws its icons as data URLs. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tankobon API</title>
    <link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script type="module" src="/docs/assets/start.js"></script>
  </body>
</html>
`;

/** Swagger UI would send the examples of optional parameters unasked. */
const START = `const document = await (await fetch('/openapi.json')).json();
for (const path of Object.values(document.paths)) {
  for (const { parameters = [] } of Object.values(path)) {
    for (const parameter of parameters) if (!parameter.required) delete parameter.example;
  }
}
window.ui = SwaggerUIBundle({
  spec: document,
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  withCredentials: true,
  validatorUrl: null,
});
`;

/** The files of Swagger UI that the page loads, and nothing else of the package. */
const ASSETS = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/** The OpenAPI document, as it was committed, and Swagger UI to try it. */
@ApiExcludeController()
@Controller()
export class DocsController {
  @Get('openapi.json')
  @Open()
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  async document(): Promise<Buffer> {
    return readFile(DOCUMENT);
  }

  @Get('docs')
  @Open()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  page(): string {
    return PAGE;
  }

  @Get('docs/assets/start.js')
  @Open()
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }

  @Get('docs/assets/:file')
  @Open()
  async asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const type = ASSETS.get(file);
    if (type === undefined) throw notFound();
    reply.header('content-type', type).header('cache-control', 'public, max-age=3600');
    return readFile(join(SWAGGER_UI, file));
  }
}
