import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const api = process.env.OBFLOW_URL ?? 'http://127.0.0.1:8080'

/** The API sends files as they lie there: compressed once, here. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  async closeBundle() {
    for (const file of globSync('dist/assets/*.{js,css}')) {
      const content = await readFile(file)
      await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }))
      await writeFile(`${file}.br`, brotliCompressSync(content))
    }
  },
}

/** antd writes all of its style elements by this function: they carry the nonce of the page's policy. */
const nonced: Plugin = {
  name: 'nonced',
  transform(code, id) {
    if (!id.endsWith('rc-util/es/Dom/dynamicCSS.js')) return
    const made = "document.createElement('style');"
    if (!code.includes(made)) throw new Error(`rc-util makes style elements otherwise now: ${id}`)
    const nonce = "document.querySelector('meta[property=csp-nonce]')?.nonce ?? ''"
    return code.replace(made, `${made} styleNode.nonce = ${nonce};`)
  },
}

export default defineConfig({
  plugins: [react(), nonced, compressed],
  // Replaced by the API, another one for each answer.
  html: { cspNonce: 'obflow-nonce' },
  // Only the design system's tokens are used: its components, over antd's, add 90 KB.
  // The tokens need three functions of lodash.
  resolve: {
    // Also for what ../src shares with the page.
    dedupe: ['yaml', 'zod'],
    alias: { lodash: fileURLToPath(new URL('src/settings/lodash.ts', import.meta.url)) },
  },
  // The session's cookie is for the API's own origin: the proxy makes both one.
  server: {
    proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: api } } },
    // What it shares with the command line lies in ../src/view and ../src/topology.
    fs: { allow: ['..'] },
  },
  build: {
    target: 'es2022',
    // The page's CSP is default-src 'self': nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
})
