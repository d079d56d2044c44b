/**
 * Bundles GraphiQL into ../assets: one script, one style sheet, three workers, one font, one icon, each named by its
 * content and each beside a gzipped copy, and the licences they ask to keep with them. index.html is written last: it is what says that the build is complete.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, '..', 'assets');

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  outdir: assets,
  target: 'es2022',
  legalComments: 'linked',
  logLevel: 'warning',
  loader: { '.ttf': 'file', '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** The file names that a build gave to its entry points, by source path. */
function outputs({ outputs }) {
  const entries = Object.entries(outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(entries.map(([path, output]) => [output.entryPoint, { path, ...output }]));
}

async function buildWorkers() {
  const sources = {
    editor: 'node_modules/monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'node_modules/monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'node_modules/monaco-graphql/esm/graphql.worker.js',
  };
  const { metafile } = await build({
    ...shared,
    format: 'iife',
    entryPoints: Object.entries(sources).map(([label, path]) => ({ in: path, out: `${label}.worker` })),
  });
  const built = outputs(metafile);
  return Object.fromEntries(Object.entries(sources).map(([label, path]) => [label, basename(built[path].path)]));
}

/** GraphiQL loads prettier with its JavaScript parser only to format JSON: source/prettier.js does that instead. */
const jsonWithoutPrettier = {
  name: 'json-without-prettier',
  setup({ onResolve }) {
    const path = join(here, 'source', 'prettier.js');
    onResolve({ filter: /^prettier\// }, ({ importer }) =>
      importer.endsWith(join('@graphiql', 'react', 'dist', 'utility', 'jsonc.js')) ? { path } : undefined,
    );
  },
};

async function buildPage(workers) {
  const { metafile } = await build({
    ...shared,
    format: 'esm',
    jsx: 'automatic',
    entryPoints: ['source/main.jsx', 'source/favicon.svg'],
    define: { ...shared.define, WORKERS: JSON.stringify(workers) },
    plugins: [jsonWithoutPrettier],
  });
  const main = outputs(metafile)['source/main.jsx'];
  const favicon = Object.keys(metafile.outputs).find((path) => path.endsWith('.svg'));
  return { script: basename(main.path), style: basename(main.cssBundle), favicon: basename(favicon) };
}

async function compress() {
  for (const name of (await readdir(assets)).filter((name) => !name.endsWith('.txt'))) {
    const content = await readFile(join(assets, name));
    await writeFile(join(assets, `${name}.gz`), await promisify(gzip)(content, { level: 9 }));
  }
}

/** Leaves {endpoint} in place: the service knows where its API is. */
async function writePage(names) {
  let page = await readFile(join(here, 'index.html'), 'utf8');
  for (const [key, name] of Object.entries(names)) page = page.replace(`{${key}}`, `graphiql/assets/${name}`);
  await writeFile(join(assets, 'index.html'), page);
}

await rm(assets, { recursive: true, force: true });
await mkdir(assets);
const names = await buildPage(await buildWorkers());
await compress();
await writePage(names);
