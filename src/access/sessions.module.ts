import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import type { KeyObject } from 'node:crypto';
import { TokenKeyModule } from './token-key.module.js';
import { AccessGuard } from './access.guard.js';
import { BearerStrategy, CookieStrategy } from './jwt.strategies.js';
import { Passwords } from './passwords.js';
import { RefreshCookieWriter } from './refresh-cookie.js';
import { SessionRepository } from './session.repository.js';
import { SessionsService } from './sessions.service.js';
import { ISSUER, TOKEN_KEY, Tokens } from './tokens.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Credentials, sessions and the access guard. It does not depend on the users feature. */
@Global()
@Module({
  imports: [
    TokenKeyModule,
    JwtModule.registerAsync({
      imports: [TokenKeyModule],
      inject: [TOKEN_KEY],
      useFactory: (key: KeyObject) => ({ secret: key, signOptions: { algorithm: 'HS256', issuer: ISSUER } }),
    }),
  ],
  providers: [
    Tokens,
    Passwords,
    SessionRepository,
    SessionsService,
    RefreshCookieWriter,
    BearerStrategy,
    CookieStrategy,
    VerifiedTokens,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Tokens, VerifiedTokens, Passwords, SessionsService, RefreshCookieWriter],
})
export class SessionsModule {}
