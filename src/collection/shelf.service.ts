import { Injectable } from '@nestjs/common';
import { readingLanguage } from '../catalog/languages.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { ShelfQuery } from './shelf.dto.js';
import { type ShelfPage, ShelfRepository } from './shelf.repository.js';

/** The series on readers' shelves. */
@Injectable()
export class ShelfService {
  constructor(private readonly shelves: ShelfRepository) {}

  /** A page of the series of the reader's items. @throws unknownClient */
  async list(userId: string, query: ShelfQuery): Promise<ShelfPage> {
    const { order = 'name-asc', search, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.shelves.page({
      userId,
      client,
      search,
      order,
      language,
      isCard: query.view === 'card',
      limit,
      offset,
    });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }
}
