import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env.OBFLOW_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  // Of the design system only its tokens are used, and they need three functions of lodash.
  resolve: {
    alias: { lodash: fileURLToPath(new URL('src/settings/lodash.ts', import.meta.url)) },
  },
  // The session's cookie is for the API's own origin: the proxy makes both one.
  server: { proxy: { '/api': { target: api, changeOrigin: true } } },
  build: {
    target: 'es2022',
    // The page's CSP is default-src 'self': nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
})
