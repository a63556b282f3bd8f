import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, Public, SignedIn, type Viewer } from '../access/access.js';
import { CurrentDevice, type Device } from '../access/device.js';
import { invalidToken } from '../account-links/account-links.errors.js';
import { success } from '../http/families.js';
import { ValidBody } from '../http/input.js';
import type { ResponseDto } from '../http/response.dto.js';
import { ApiRoute } from '../openapi/api-route.js';
import {
  RequestPasswordDto,
  RequestVerificationDto,
  ResetPasswordDto,
  VerifyEmailDto,
} from './recovery.dto.js';
import { emailVerified } from './recovery.errors.js';
import { RecoveryService } from './recovery.service.js';

const REQUESTED = 'If the account exists, a message has been sent';
const CHANGED = 'Password changed';
const SENT = 'Message sent';
const VERIFIED = 'Email verified';

@ApiTags('Recovery')
@Controller('auth')
export class RecoveryController {
  constructor(private readonly recovery: RecoveryService) {}

  @Post('password/forgot')
  @Public()
  @ApiRoute({
    id: 'authPasswordForgot',
    summary: 'Request a message with a link to a new password',
    description:
      'The answer does not show whether the account exists. An account gets three messages an hour; more requests send nothing. More than 20 requests an hour from one IP address: 429.',
    message: REQUESTED,
  })
  async forgot(
    @ValidBody() request: RequestPasswordDto,
    @CurrentDevice() device: Device,
  ): Promise<ResponseDto> {
    await this.recovery.requestPassword(request, device);
    return success(REQUESTED);
  }

  @Post('password/reset')
  @Public()
  @ApiRoute({
    id: 'authPasswordReset',
    summary: 'Set a new password with a token',
    description:
      'Ends all sessions and personal tokens of the user; the second factor stays. It does not sign in. A refused password does not use the token up.',
    message: CHANGED,
    errors: [invalidToken],
  })
  async reset(@ValidBody() reset: ResetPasswordDto, @CurrentDevice() device: Device): Promise<ResponseDto> {
    await this.recovery.resetPassword(reset, device);
    return success(CHANGED);
  }

  @Post('email/verification')
  @SignedIn()
  @ApiRoute({
    id: 'authEmailVerification',
    summary: 'Request a message with a link that verifies your address',
    description: 'Three messages an hour, then 429. An account without an address: 400.',
    message: SENT,
    errors: [emailVerified],
  })
  async requestVerification(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() { client = null }: RequestVerificationDto,
  ): Promise<ResponseDto> {
    await this.recovery.requestVerification(viewer, client);
    return success(SENT);
  }

  @Post('email/verify')
  @Public()
  @ApiRoute({
    id: 'authEmailVerify',
    summary: 'Verify an address with a token',
    message: VERIFIED,
    errors: [invalidToken],
  })
  async verify(
    @ValidBody() { token }: VerifyEmailDto,
    @CurrentDevice() device: Device,
  ): Promise<ResponseDto> {
    await this.recovery.verifyEmail(token, device);
    return success(VERIFIED);
  }
}
