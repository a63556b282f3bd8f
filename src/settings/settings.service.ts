import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { forbidden } from '../http/app-error.js';
import { DEFAULT_SETTINGS, type SettingsDto } from './settings.dto.js';
import { SettingsRepository } from './settings.repository.js';

/** Users' preferences. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly settings: SettingsRepository,
    private readonly config: Config,
  ) {}

  /** All settings of a user, with defaults for keys that were never set. */
  async get(userId: string): Promise<SettingsDto> {
    const { defaultCurrency: currency } = this.config;
    return { ...DEFAULT_SETTINGS, currency, ...(await this.settings.find(userId)) };
  }

  /** The viewer's own settings. @throws forbidden for another user's settings */
  async getOwn(viewerId: string, userId: string): Promise<SettingsDto> {
    if (viewerId !== userId) throw forbidden();
    return this.get(userId);
  }

  /** Sets the given keys. @throws forbidden for another user's settings */
  async save(viewerId: string, userId: string, changes: Partial<SettingsDto>): Promise<void> {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    if (viewerId !== userId) throw forbidden();
    await this.settings.merge(userId, given);
  }
}
