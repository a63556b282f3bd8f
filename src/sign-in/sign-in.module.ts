import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

@Module({
  imports: [InvitationsModule, TwoFactorModule, UsersModule, SettingsModule],
  controllers: [SignInController],
  providers: [SignInService],
})
export class SignInModule {}
