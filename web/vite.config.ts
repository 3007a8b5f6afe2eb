import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const OUT = '../dist/web';

/** Compressed once here, as tightly as it goes, rather than at every request. */
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
      // "use client" is for servers that render; there is none here.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
  plugins: [compressed],
});
