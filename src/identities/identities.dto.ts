import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { RecentSignInDto } from '../access/recent-sign-in.dto.js';
import { AnswerText, Timestamp } from '../http/fields.js';
import {
  BlankIsAbsent,
  BlankIsNull,
  CodePointLength,
  Nullable,
  Optional,
  Required,
} from '../http/validation.js';

const REGISTRATION = ['open', 'invite', 'closed'] as const;

@ApiSchema({ name: 'Provider' })
export class ProviderDto {
  /**
   * Name of the provider, as in the path of its sign-in.
   * @example "example"
   */
  @AnswerText(30)
  id: string;

  /**
   * Name of the provider for readers.
   * @example "Example ID"
   */
  @AnswerText(100)
  label: string;
}

@ApiSchema({ name: 'Providers' })
export class ProvidersDto {
  /**
   * Who may register: everyone, users with an invitation, or nobody.
   * @example "open"
   */
  @ApiProperty({ enum: REGISTRATION, enumName: 'RegistrationMode' })
  registration: (typeof REGISTRATION)[number];

  /** The OpenID Connect providers that can be used to sign in. */
  providers: ProviderDto[];
}

/** Where a sign-in at a provider returns to. */
export class ReturnQuery {
  /**
   * URL that the browser returns to after the sign-in; the dashboard by default. Its origin must be that of the
   * service, of `CORS_ORIGINS`, or of a client’s `url`.
   * @example "http://localhost:3000/dashboard"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 2000)
  return_to?: string;
}

/** The parameters that a provider adds to the URL of the callback. */
export class CallbackQuery {
  /**
   * The value that the service gave to the provider.
   * @example "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 500)
  state?: string;

  /**
   * The code that the service exchanges for the identity of the user.
   * @example "c29kZQ"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 4000)
  code?: string;

  /**
   * The issuer that the response comes from (RFC 9207).
   * @example "https://id.example.com"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 500)
  iss?: string;

  /**
   * Why the provider has refused.
   * @example "access_denied"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 200)
  error?: string;
}

@ApiSchema({ name: 'NewIdentity' })
export class LinkIdentityDto extends RecentSignInDto {
  /**
   * Name of the provider, from the list of providers.
   * @example "example"
   */
  @Required()
  @IsString()
  @CodePointLength(0, 100)
  provider: string;

  /**
   * URL that the browser returns to when the identity is linked; the dashboard by default. Its origin must be that of
   * the service, of `CORS_ORIGINS`, or of a client’s `url`.
   * @example "http://localhost:3000/dashboard"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 2000)
  return_to?: string | null;
}

@ApiSchema({ name: 'IdentityRemoval' })
export class UnlinkIdentityDto extends RecentSignInDto {}

@ApiSchema({ name: 'ProviderVisit' })
export class ProviderVisitDto {
  /**
   * URL of the provider’s page. The browser that made this request must open it within ten minutes.
   * @example "https://id.example.com/authorize?response_type=code"
   */
  @AnswerText(4000)
  url: string;
}

/** An account at a provider that the user signs in with. */
@ApiSchema({ name: 'Identity' })
export class IdentityDto {
  /**
   * Id of the identity, with which it can be unlinked.
   * @example "1c9a7d52-3f64-4b0a-9a53-5d2f0c1b7e90"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /**
   * Name of the provider of the identity.
   * @example "example"
   */
  @AnswerText(30)
  provider: string;

  /**
   * When the identity was linked.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;

  /**
   * When the user last signed in with the identity; null if never.
   * @example "2026-01-31T12:30:00.000Z"
   */
  @Timestamp()
  last_used: string | null;
}

@ApiSchema({ name: 'IdentityList' })
export class IdentityListDto {
  /** Identities of the user, ordered by when they were linked. */
  identities: IdentityDto[];
}
