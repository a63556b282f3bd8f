import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import type { KeyObject } from 'node:crypto';
import { TokenKeyModule } from './token-key.module.js';
import { UndeclaredBodies } from '../http/input.js';
import { AccessGuard } from './access.guard.js';
import { BearerStrategy, CookieStrategy } from './jwt.strategies.js';
import { PasswordAttempts } from './password-attempts.js';
import { PersonalTokenRepository } from './personal-token.repository.js';
import { PersonalTokens } from './personal-tokens.js';
import { RequestKeys } from './request-keys.js';
import { RecentSignIn } from './recent-sign-in.js';
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
    PasswordAttempts,
    PersonalTokens,
    PersonalTokenRepository,
    RequestKeys,
    RecentSignIn,
    SessionRepository,
    SessionsService,
    RefreshCookieWriter,
    BearerStrategy,
    CookieStrategy,
    VerifiedTokens,
    { provide: APP_GUARD, useClass: AccessGuard },
    // After the access: whoever may not call a route learns nothing of its input.
    { provide: APP_GUARD, useClass: UndeclaredBodies },
  ],
  exports: [
    Tokens,
    VerifiedTokens,
    Passwords,
    PasswordAttempts,
    PersonalTokens,
    RequestKeys,
    RecentSignIn,
    SessionsService,
    RefreshCookieWriter,
  ],
})
export class SessionsModule {}
