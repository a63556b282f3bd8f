import { Module } from '@nestjs/common';
import { Config } from '../config.js';
import { TOKEN_KEY, tokenKey } from './tokens.js';
import { loadOrCreateSecret } from './token-secret.js';

@Module({
  providers: [
    {
      provide: TOKEN_KEY,
      inject: [Config],
      useFactory: async (config: Config) =>
        tokenKey(config.jwtSecret ?? (await loadOrCreateSecret(config.dataDir))),
    },
  ],
  exports: [TOKEN_KEY],
})
export class TokenKeyModule {}
