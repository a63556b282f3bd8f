import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, type SessionViewer, SignedIn } from '../access/access.js';
import type { ListedToken } from '../access/personal-token.repository.js';
import { signInAgain } from '../access/sessions.errors.js';
import { UuidId } from '../http/ids.js';
import { ValidBody } from '../http/input.js';
import { ApiRoute } from '../openapi/api-route.js';
import { CreatedTokenDto, CreateTokenDto, type TokenDto, TokenListDto } from './personal-tokens.dto.js';
import { tokenLimitReached, tokenNotFound } from './personal-tokens.errors.js';
import { PersonalTokensService } from './personal-tokens.service.js';

/** Injects the id of a personal token from the path. */
const TokenId = () =>
  UuidId({
    description: 'Id of the token, from the list of your tokens.',
    example: '7f3c2a10-5b0e-4d53-8f0a-9a1f2f6f7c11',
  });

@ApiTags('Personal tokens')
@Controller('auth/tokens')
export class PersonalTokensController {
  constructor(private readonly tokens: PersonalTokensService) {}

  @Get()
  @SignedIn()
  @ApiRoute({ id: 'authTokensList', summary: 'List your personal tokens', response: TokenListDto })
  async list(@CurrentViewer() viewer: SessionViewer): Promise<TokenListDto> {
    return { tokens: (await this.tokens.list(viewer.userId)).map(present) };
  }

  @Post()
  @SignedIn()
  @ApiRoute({
    id: 'authTokensCreate',
    summary: 'Make a personal token',
    description:
      'For programs of the user. It acts with the permissions of the user, on the operations that its scopes open, without a second factor. At most 50.',
    status: 201,
    response: CreatedTokenDto,
    errors: [signInAgain, tokenLimitReached],
  })
  async create(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() body: CreateTokenDto,
  ): Promise<CreatedTokenDto> {
    const created = await this.tokens.create(viewer, body);
    return { ...present(created), token: created.token };
  }

  @Delete(':id')
  @SignedIn()
  @ApiRoute({
    id: 'authTokensRevoke',
    summary: 'Revoke one of your personal tokens',
    status: 204,
    errors: [tokenNotFound],
  })
  async end(@CurrentViewer() viewer: SessionViewer, @TokenId() id: string): Promise<void> {
    await this.tokens.end(viewer, id);
  }
}

function present(token: ListedToken): TokenDto {
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    created: token.created,
    last_used: token.lastUsed,
    expires: token.expires,
  };
}
