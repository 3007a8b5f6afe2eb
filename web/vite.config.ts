import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const OUT = '../dist/web';

/** Compresses the files once, at the highest level, instead of at every request. */
const compressed: Plugin = {
  name: 'compressed',
  writeBundle({ dir }) {
    const files = [
      join(dir!, 'index.html'),
      ...readdirSync(join(dir!, 'assets')).map((name) => join(dir!, 'assets', name)),
    ];
    for (const file of files.filter((name) => /\.(html|js|css|svg)$/.test(name))) {
      const content = readFileSync(file);
      writeFileSync(`${file}.br`, brotliCompressSync(content));
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  build: {
    outDir: OUT,
    emptyOutDir: true,
    // The pages' policy allows no data: scripts, styles or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    target: 'es2023',
    rolldownOptions: {
      // "use client" is for server rendering, which we do not use.
      onLog: (level, log, handler) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handler(level, log),
    },
  },
  plugins: [compressed],
});
