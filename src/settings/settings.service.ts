import { Injectable } from '@nestjs/common';
import { forbidden } from '../http/app-error.js';
import { DEFAULT_SETTINGS, type SettingsDto } from './settings.dto.js';
import { SettingsRepository } from './settings.repository.js';

/** Users' preferences. */
@Injectable()
export class SettingsService {
  constructor(private readonly settings: SettingsRepository) {}

  /** The whole of a user's settings, defaults filled in. */
  async get(userId: string): Promise<SettingsDto> {
    return { ...DEFAULT_SETTINGS, ...(await this.settings.find(userId)) };
  }

  /** The same, for the user alone. @throws forbidden */
  async getOwn(viewerId: string, userId: string): Promise<SettingsDto> {
    if (viewerId !== userId) throw forbidden();
    return this.get(userId);
  }

  /** Replaces the given keys. @throws forbidden for another user's */
  async save(viewerId: string, userId: string, changes: Partial<SettingsDto>): Promise<void> {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    if (viewerId !== userId) throw forbidden();
    await this.settings.merge(userId, given);
  }
}
