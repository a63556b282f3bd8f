import { Global, Module } from '@nestjs/common';
import { SearchFolding } from './search-folding.js';

@Global()
@Module({ providers: [SearchFolding], exports: [SearchFolding] })
export class SearchModule {}
