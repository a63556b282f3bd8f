import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The service that `npm run dev` forwards requests to. */
const SERVICE = process.env['SERVICE'] ?? 'http://localhost:3000';

export default defineConfig(({ command }) => ({
  // Relative addresses, because the path of `PUBLIC_URL` is not known here.
  base: command === 'build' ? './' : '/dashboard/',
  plugins: [react()],
  build: {
    target: 'es2023',
    // A data URL of a script or a font would break the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    // `npm run test:dashboard` reads from it which files the first load takes.
    manifest: 'manifest.json',
  },
  server: {
    proxy: {
      // The service accepts changes by cookie from its own origin only.
      '^/(?!dashboard)': { target: SERVICE, changeOrigin: true, headers: { origin: SERVICE } },
    },
  },
}));
