import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The files of `dist` have fixed names: the service embeds them one by one.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: 'page/app.js',
        assetFileNames: 'page/app[extname]',
        codeSplitting: false,
      },
    },
  },
  // While the page is worked on: `careweave serve --demo` beside `npm run dev`.
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', changeOrigin: true } } },
  test: { include: ['test/**/*.test.ts'] },
});
