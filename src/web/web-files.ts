import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { projectRoot } from '../platform/project-root.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface WebFile {
  type: string;
  /** Uncompressed, and compressed by the build. */
  bodies: { identity: Buffer; br?: Buffer; gzip?: Buffer };
}

/** The built pages, a megabyte, read once at the start. Only these files are served. */
@Injectable()
export class WebFiles implements OnModuleInit {
  private readonly assets = new Map<string, WebFile>();
  private page: WebFile | undefined;

  onModuleInit(): void {
    const folder = join(projectRoot, 'dist', 'web');
    const assets = join(folder, 'assets');
    for (const name of readdirSync(assets))
      if (TYPES[extname(name)]) this.assets.set(name, readWebFile(join(assets, name)));
    this.page = readWebFile(join(folder, 'index.html'));
  }

  get index(): WebFile {
    return this.page!;
  }

  asset(name: string): WebFile | undefined {
    return this.assets.get(name);
  }
}

function readWebFile(path: string): WebFile {
  const compressed = (ending: string) => (existsSync(path + ending) ? readFileSync(path + ending) : undefined);
  const [br, gzip] = [compressed('.br'), compressed('.gz')];
  return {
    type: TYPES[extname(path)]!,
    bodies: { identity: readFileSync(path), ...(br && { br }), ...(gzip && { gzip }) },
  };
}
