import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentViewer, Public, type SessionViewer, SignedIn } from '../access/access.js';
import { CurrentDevice, type Device } from '../access/device.js';
import { RefreshCookieWriter } from '../access/refresh-cookie.js';
import { VerifiedTokens } from '../access/verified-tokens.js';
import { signInAgain } from '../access/sessions.errors.js';
import { Config } from '../config.js';
import { UuidId } from '../http/ids.js';
import { FromPath, ValidBody, ValidQuery } from '../http/input.js';
import { ApiRoute } from '../openapi/api-route.js';
import { BrowserSecret } from './browser-secret.js';
import {
  CallbackQuery,
  IdentityListDto,
  LinkIdentityDto,
  ProvidersDto,
  ProviderVisitDto,
  ReturnQuery,
  UnlinkIdentityDto,
} from './identities.dto.js';
import { identityNotFound, lastWayToSignIn, providerNotFound } from './identities.errors.js';
import { IdentitiesService } from './identities.service.js';

/** Injects the name of a provider from the path. */
const ProviderId = () =>
  FromPath({
    name: 'provider',
    description: 'Name of the provider that the browser visits, from the list of providers.',
    schema: { type: 'string', maxLength: 100, example: 'example' },
  });

/** Injects the id of an identity from the path. */
const IdentityId = () =>
  UuidId({
    description: 'Id of the identity, from the list of your identities.',
    example: '1c9a7d52-3f64-4b0a-9a53-5d2f0c1b7e90',
  });

const LOCATION = 'http://localhost:3000/dashboard';

@ApiTags('Identities')
@Controller('auth')
export class IdentitiesController {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly browserSecret: BrowserSecret,
    private readonly cookie: RefreshCookieWriter,
    private readonly tokens: VerifiedTokens,
    private readonly config: Config,
  ) {}

  @Get('providers')
  @Public()
  @ApiRoute({
    id: 'authProviders',
    summary: 'List the ways to register and to sign in',
    response: ProvidersDto,
  })
  providers(): ProvidersDto {
    const providers = this.identities.available.map(({ id, label }) => ({ id, label }));
    return { registration: this.config.registration, providers };
  }

  @Get('oidc/:provider')
  @Public()
  @ApiRoute({
    id: 'authOidcBegin',
    summary: 'Sign in with a provider',
    description: 'For browsers: redirects to the page of the provider, which returns to the callback.',
    redirect: { description: 'Redirect to the provider', location: 'https://id.example.com/authorize?…' },
    errors: [providerNotFound],
  })
  async begin(
    @ProviderId() provider: string,
    @ValidQuery() { return_to }: ReturnQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const secret = this.browserSecret.ensure(request, reply);
    reply.header('location', await this.identities.beginSignIn(provider, return_to, secret));
  }

  @Get('oidc/:provider/callback')
  @Public()
  @ApiRoute({
    id: 'authOidcCallback',
    summary: 'Return from a provider',
    description:
      'Signs in, or links the identity, and redirects to `return_to`. After a failure, `#error=` and one of `denied`, `expired`, `registration-closed`, `already-linked`, `provider-error` is appended.',
    redirect: { description: 'Redirect to the frontend', location: LOCATION },
    errors: [providerNotFound],
  })
  async finish(
    @ProviderId() provider: string,
    @ValidQuery() query: CallbackQuery,
    @CurrentDevice() device: Device,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const secret = this.browserSecret.read(request);
    const session = (await this.tokens.claims(request, 'cookie'))?.sid ?? null;
    const { location, refresh } = await this.identities.finish(provider, query, { secret, session }, device);
    if (refresh !== null) this.cookie.set(reply, refresh);
    reply.header('location', location);
  }

  @Get('identities')
  @SignedIn()
  @ApiRoute({ id: 'authIdentitiesList', summary: 'List your identities', response: IdentityListDto })
  async list(@CurrentViewer() viewer: SessionViewer): Promise<IdentityListDto> {
    const rows = await this.identities.list(viewer.userId);
    return {
      identities: rows.map(({ id, provider, created, lastUsed }) => ({
        id,
        provider,
        created,
        last_used: lastUsed,
      })),
    };
  }

  @Post('identities')
  @SignedIn()
  @ApiRoute({
    id: 'authIdentitiesLink',
    summary: 'Link an identity at a provider to your account',
    description: 'Answers the URL of the provider’s page, for the browser that made the request.',
    response: ProviderVisitDto,
    errors: [signInAgain, providerNotFound],
  })
  async link(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() { provider, return_to, current_password }: LinkIdentityDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderVisitDto> {
    const secret = this.browserSecret.ensure(request, reply);
    const options = { returnTo: return_to ?? undefined, currentPassword: current_password };
    return { url: await this.identities.beginLinking(viewer, provider, options, secret) };
  }

  @Delete('identities/:id')
  @SignedIn()
  @ApiRoute({
    id: 'authIdentitiesUnlink',
    summary: 'Unlink one of your identities',
    status: 204,
    errors: [signInAgain, identityNotFound, lastWayToSignIn],
  })
  async unlink(
    @CurrentViewer() viewer: SessionViewer,
    @IdentityId() id: string,
    @ValidBody() { current_password }: UnlinkIdentityDto,
  ): Promise<void> {
    await this.identities.unlink(viewer, id, current_password);
  }
}
