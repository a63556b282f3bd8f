import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './sign-in.controller.js';
import { AuthService } from './sign-in.service.js';

@Module({ imports: [UsersModule, SettingsModule], controllers: [AuthController], providers: [AuthService] })
export class AuthModule {}
