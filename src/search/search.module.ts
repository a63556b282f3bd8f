import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { SearchFoldingSchema } from './search-folding.entity.js';
import { SearchFolding } from './search-folding.js';

@Global()
@Module({
  imports: [MikroOrmModule.forFeature([SearchFoldingSchema])],
  providers: [SearchFolding],
  exports: [SearchFolding],
})
export class SearchModule {}
