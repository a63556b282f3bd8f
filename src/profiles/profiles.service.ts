import { Injectable } from '@nestjs/common';
import type { HistoryRow, StatusCounts } from '../reading-history/reading-entry.repository.js';
import type { HistoryQuery } from '../reading-history/reading-history.dto.js';
import { ReadingHistoryService } from '../reading-history/reading-history.service.js';
import type { ProfileRow } from '../users/user.repository.js';
import { UsersService } from '../users/users.service.js';

/** The public face of readers: what their entries' `visibility` lets everybody see. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly users: UsersService,
    private readonly history: ReadingHistoryService,
  ) {}

  /** @throws userNotFound */
  async get(slug: string): Promise<{ profile: ProfileRow; counts: StatusCounts }> {
    const profile = await this.users.getProfile(slug);
    return { profile, counts: await this.history.publicCounts(profile.id) };
  }

  /** A page of the reader's public entries, the same for everybody who asks. @throws userNotFound, unknownClient */
  async listHistory(slug: string, query: HistoryQuery): Promise<{ total: number; rows: HistoryRow[] }> {
    const { id } = await this.users.getProfile(slug);
    return this.history.listPublic(id, query);
  }
}
