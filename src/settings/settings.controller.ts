import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { forbidden } from '../http/app-error.js';
import { done } from '../http/families.js';
import { Operation } from '../openapi/operation.js';
import type { ResponseDto } from '../http/response.dto.js';
import { Settings, SettingsChanges } from './settings.dto.js';
import { SettingsService } from './settings.service.js';
import { UserId } from '../accounts/user-id.js';
import { ValidBody } from '../http/input.js';

const SAVED = 'Settings saved successfully';

@ApiTags('Settings')
@Controller('users/:id')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Post('save-settings')
  @SignedIn()
  @Operation({
    id: 'settingsSave',
    summary: 'Change your settings',
    description: 'Only the given keys change.',
    says: SAVED,
    refuses: [forbidden],
  })
  async save(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
    @ValidBody() changes: SettingsChanges,
  ): Promise<ResponseDto> {
    await this.settings.save(viewer.userId, id, changes);
    return done(SAVED);
  }

  @Get('settings')
  @SignedIn()
  @Operation({
    id: 'settingsGet',
    summary: 'Get your settings',
    description:
      'The whole object, with defaults for what was never chosen: theme `light`, adult content hidden, lists in a column, accent colour `#71c94e`, the language of the interface, drag indicators shown.',
    answers: Settings,
    refuses: [forbidden],
  })
  async get(@CurrentViewer() viewer: Viewer, @UserId({ mayBeBlank: true }) id: string): Promise<Settings> {
    return this.settings.getOwn(viewer.userId, id);
  }
}
