import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { forbidden } from '../http/app-error.js';
import { success } from '../http/families.js';
import { ApiRoute } from '../openapi/api-route.js';
import type { ResponseDto } from '../http/response.dto.js';
import { SettingsDto, UpdateSettingsDto } from './settings.dto.js';
import { SettingsService } from './settings.service.js';
import { UserId } from '../accounts/path-parameters.js';
import { ValidBody } from '../http/input.js';

const SAVED = 'Settings saved successfully';

@ApiTags('Settings')
@Controller('users/:id')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Post('save-settings')
  @SignedIn()
  @ApiRoute({
    id: 'settingsSave',
    summary: 'Change your settings',
    description: 'Only the given keys change.',
    message: SAVED,
    errors: [forbidden],
  })
  async save(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
    @ValidBody() changes: UpdateSettingsDto,
  ): Promise<ResponseDto> {
    await this.settings.save(viewer.userId, id, changes);
    return success(SAVED);
  }

  @Get('settings')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'settingsGet',
    summary: 'Get your settings',
    description:
      'All settings, with defaults for keys that were never set: theme `light`, adult content hidden, lists in a column, accent colour `#71c94e`, the language of the interface, drag indicators shown, prices in the currency of the service.',
    response: SettingsDto,
    errors: [forbidden],
  })
  async get(@CurrentViewer() viewer: Viewer, @UserId({ mayBeBlank: true }) id: string): Promise<SettingsDto> {
    return this.settings.getOwn(viewer.userId, id);
  }
}
