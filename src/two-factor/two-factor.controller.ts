import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, type SessionViewer, SignedIn } from '../access/access.js';
import { signInAgain } from '../access/sessions.errors.js';
import { ValidBody } from '../http/input.js';
import { ApiRoute } from '../openapi/api-route.js';
import {
  BeginTwoFactorDto,
  RecoveryCodesDto,
  TwoFactorCodeDto,
  TwoFactorSecretDto,
} from './two-factor.dto.js';
import { invalidSecondFactor, twoFactorOff, twoFactorOn } from './two-factor.errors.js';
import { TwoFactorService } from './two-factor.service.js';

@ApiTags('Two-factor')
@Controller('auth/two-factor')
export class TwoFactorController {
  constructor(private readonly twoFactor: TwoFactorService) {}

  @Post()
  @SignedIn()
  @ApiRoute({
    id: 'authTwoFactorBegin',
    summary: 'Begin to set a second factor up',
    description: 'The secret is pending for ten minutes. A further request replaces it.',
    response: TwoFactorSecretDto,
    errors: [signInAgain, twoFactorOn],
  })
  async begin(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() { current_password }: BeginTwoFactorDto,
  ): Promise<TwoFactorSecretDto> {
    return this.twoFactor.begin(viewer, current_password);
  }

  @Post('confirm')
  @SignedIn()
  @ApiRoute({
    id: 'authTwoFactorConfirm',
    summary: 'Turn the second factor on, with a code of the app',
    response: RecoveryCodesDto,
    errors: [signInAgain, invalidSecondFactor, twoFactorOn, twoFactorOff],
  })
  async confirm(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() body: TwoFactorCodeDto,
  ): Promise<RecoveryCodesDto> {
    return { recovery_codes: await this.twoFactor.confirm(viewer, body) };
  }

  @Post('disable')
  @SignedIn()
  @ApiRoute({
    id: 'authTwoFactorDisable',
    summary: 'Turn the second factor off',
    status: 204,
    errors: [signInAgain, invalidSecondFactor, twoFactorOff],
  })
  async disable(@CurrentViewer() viewer: SessionViewer, @ValidBody() body: TwoFactorCodeDto): Promise<void> {
    await this.twoFactor.disable(viewer, body);
  }

  @Post('recovery-codes')
  @SignedIn()
  @ApiRoute({
    id: 'authTwoFactorRecoveryCodes',
    summary: 'Replace the recovery codes',
    response: RecoveryCodesDto,
    errors: [signInAgain, invalidSecondFactor, twoFactorOff],
  })
  async renewCodes(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() body: TwoFactorCodeDto,
  ): Promise<RecoveryCodesDto> {
    return { recovery_codes: await this.twoFactor.renewCodes(viewer, body) };
  }
}
